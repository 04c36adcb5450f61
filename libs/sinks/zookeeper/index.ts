import { locate, type Sink } from '@vartrack/sink-kit'
import { location } from './location.js'
import { ZooKeeperOptions } from './options.js'
import { limits } from './traits.js'

/** ZooKeeper: a child znode per key; the head is the data of the location's own znode and guards every multi by its version. */
export const zookeeper: Sink<ZooKeeperOptions> = {
  type: 'zookeeper',
  options: ZooKeeperOptions,
  traits: { reads: 'values', atomic: 'destination', fence: 'conditional', types: 'text', limits },
  defaultTemplate: (options) => options.base_path,
  location: (template, names) => locate(template, names, location),
  async open(options, context) {
    const { openZooKeeper } = await import('./open.js')
    return openZooKeeper(options, context)
  },
}
