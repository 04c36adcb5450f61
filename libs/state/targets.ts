import { DestinationStatus, HistoryEntry, type State, Target } from './contract.js'
import { atField } from './keys.js'
import { readJson, run, type Store, scanHash } from './stored.js'

const MAX_HISTORY = 100

/** A write that is repeated replaces its own line. */
const ADD_HISTORY = `
local newest = redis.call('LINDEX', KEYS[1], 0)
if newest then
  local known, entry = pcall(cjson.decode, newest)
  if known and entry['generation'] == tonumber(ARGV[2]) then return redis.call('LSET', KEYS[1], 0, ARGV[1]) end
end
redis.call('LPUSH', KEYS[1], ARGV[1])
return redis.call('LTRIM', KEYS[1], 0, ARGV[3])`

type Targets = Pick<State, 'putTarget' | 'removeTarget' | 'target' | 'targets' | 'putStatus' | 'status' | 'addHistory' | 'history'>

/** What is live where: targets, their status and history. */
export function targets(store: Store): Targets {
  const { redis, keys } = store
  return {
    async putTarget(target) {
      await redis.hset(keys.targets(target.datasource), atField(target), JSON.stringify(target))
    },
    async removeTarget(at) {
      const field = atField(at)
      await run(redis.pipeline().hdel(keys.targets(at.datasource), field).hdel(keys.status(at.datasource), field).unlink(keys.ledger(at)))
    },
    async target(at) {
      const key = keys.targets(at.datasource)
      return readJson(store, 'target', key, Target, await redis.hget(key, atField(at)))
    },
    targets: (datasource) => liveTargets(store, datasource),
    async putStatus(at, status) {
      await redis.hset(keys.status(at.datasource), atField(at), JSON.stringify(status))
    },
    async status(at) {
      const key = keys.status(at.datasource)
      return readJson(store, 'status', key, DestinationStatus, await redis.hget(key, atField(at)))
    },
    async addHistory(at, entry) {
      await redis.eval(ADD_HISTORY, 1, keys.history(at), JSON.stringify(entry), entry.generation, MAX_HISTORY - 1)
    },
    async history(at) {
      const key = keys.history(at)
      const lines = await redis.lrange(key, 0, -1)
      return lines.flatMap((line) => readJson(store, 'history', key, HistoryEntry, line) ?? [])
    },
  }
}

async function* liveTargets(store: Store, datasource: string): AsyncGenerator<Target> {
  const key = store.keys.targets(datasource)
  for await (const [, text] of scanHash(store.redis, key)) {
    const target = readJson(store, 'target', key, Target, text)
    if (target) yield target
  }
}
