import type { LocationRule, SinkType } from '@vartrack/sink-kit'
import { location as configmap } from './configmap/location.js'
import { location as consul } from './consul/location.js'
import { location as helm } from './helm/location.js'
import { location as linuxServer } from './linux-server/location.js'
import { location as mongo } from './mongo/location.js'
import { location as redis } from './redis/location.js'
import { location as s3 } from './s3/location.js'
import { location as vercel } from './vercel/location.js'
import { location as zookeeper } from './zookeeper/location.js'

/** What every type of store allows in the names of its places, also of those that cannot be written to yet. */
export const locationRules: Readonly<Record<SinkType, LocationRule>> = {
  configmap,
  consul,
  helm,
  linux_server: linuxServer,
  mongo,
  redis,
  s3,
  vercel,
  zookeeper,
}
