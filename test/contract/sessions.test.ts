import { describe } from 'vitest'
import { openingLaws } from './opening-laws.js'
import { sessionLaws } from './session-laws.js'
import type { Store } from './store.js'
import { mongoStore } from './store-mongo.js'
import { redisStore } from './store-redis.js'
import { zooKeeperStore } from './store-zookeeper.js'

const stores: Readonly<Record<string, () => Promise<Store>>> = {
  'redis with a hash': () => redisStore('HASH'),
  'redis with strings': () => redisStore('STRING'),
  'mongo on FerretDB': () => mongoStore('ferretdb'),
  'mongo on mongo-java-server': () => mongoStore('mongo-java'),
  'zookeeper with plain values': () => zooKeeperStore('plain'),
  'zookeeper with JSON values': () => zooKeeperStore('json'),
  'zookeeper with base64 values': () => zooKeeperStore('base64'),
}

describe.each(Object.entries(stores))('%s', (_name, start) => {
  openingLaws(start)
  sessionLaws(start)
})
