import type { Store } from './store.js'
import { mongoStore } from './store-mongo.js'
import { redisStore } from './store-redis.js'
import { zooKeeperStore } from './store-zookeeper.js'

/** Every sink in every form that changes where its bytes land, each on a real server. */
export const stores: Readonly<Record<string, () => Promise<Store>>> = {
  'redis with a hash': () => redisStore('HASH'),
  'redis with strings': () => redisStore('STRING'),
  'mongo on FerretDB': () => mongoStore('ferretdb'),
  'mongo on mongo-java-server': () => mongoStore('mongo-java'),
  'mongo with one document on FerretDB': () => mongoStore('ferretdb', 'STRATEGY_DOCUMENT'),
  'mongo with one document on mongo-java-server': () => mongoStore('mongo-java', 'STRATEGY_DOCUMENT'),
  'mongo with a document per file on FerretDB': () => mongoStore('ferretdb', 'STRATEGY_FILE'),
  'mongo with a document per file on mongo-java-server': () => mongoStore('mongo-java', 'STRATEGY_FILE'),
  'zookeeper with plain values': () => zooKeeperStore('plain'),
  'zookeeper with JSON values': () => zooKeeperStore('json'),
  'zookeeper with base64 values': () => zooKeeperStore('base64'),
}
