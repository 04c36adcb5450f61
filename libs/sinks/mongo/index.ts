import { locate, type Sink } from '@vartrack/sink-kit'
import { location } from './location.js'
import { MongoOptions } from './options.js'
import { limits } from './traits.js'

/** MongoDB: a document per key, stamped with source and generation; heads in `_vartrack`. Nothing rests on transactions; where there are some, a small write is one. */
export const mongo: Sink<MongoOptions> = {
  type: 'mongo',
  options: MongoOptions,
  traits: { reads: 'values', atomic: 'key', fence: 'conditional', types: 'typed', limits },
  defaultTemplate: (options) => (options.env_as_collection ? `${options.collection}_{env}` : options.collection),
  location: (template, names) => locate(template, names, location),
  async open(options, context) {
    const { openMongo } = await import('./open.js')
    return openMongo(options, context)
  },
}
