import type { Sink, SinkType } from '@vartrack/sink-kit'
import { mongo } from './mongo/index.js'
import { redis } from './redis/index.js'
import { zookeeper } from './zookeeper/index.js'

/** The sinks there are. Drivers are loaded when a session opens, so that reading this list costs nothing. */
export const sinks = { mongo, redis, zookeeper } as const satisfies Partial<Record<SinkType, Sink>>
export type AvailableSink = keyof typeof sinks

/** Can this type be written to? The others are known words whose sinks come later. */
export function isAvailable(type: SinkType): type is AvailableSink {
  return Object.hasOwn(sinks, type)
}
