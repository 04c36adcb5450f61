import { locate, type Sink } from '@vartrack/sink-kit'
import { location } from './location.js'
import { RedisOptions } from './options.js'
import { limits } from './traits.js'

/** Redis: the fields of one hash, or a string per key; every write is one Lua script. */
export const redis: Sink<RedisOptions> = {
  type: 'redis',
  options: RedisOptions,
  traits: { reads: 'values', atomic: 'destination', fence: 'conditional', types: 'text', limits },
  defaultTemplate: (options) => options.key_prefix,
  location: (template, names) => locate(template, names, location),
  async open(options, context) {
    const { openRedis } = await import('./open.js')
    return openRedis(options, context)
  },
}
