import { DestinationStatus, HistoryEntry, type State, Target } from './contract.js'
import { atField } from './keys.js'
import { readJson, type Store, scanHash } from './stored.js'

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

/** KEYS[1]: targets; ARGV: field, generation. What a writer says that was stopped for long counts no more. */
const UNLESS_LATER = `
local known, target = pcall(cjson.decode, redis.call('HGET', KEYS[1], ARGV[1]) or '')
if known and type(target) == 'table' and (tonumber(target['generation']) or 0) > tonumber(ARGV[2]) then return 0 end`
const PUT = `${UNLESS_LATER}
return redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])`
/** KEYS: targets, statuses, ledger. */
const REMOVE = `${UNLESS_LATER}
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
return redis.call('UNLINK', KEYS[3])`

type Targets = Pick<State, 'putTarget' | 'removeTarget' | 'target' | 'targets' | 'putStatus' | 'status' | 'addHistory' | 'history'>

/** What is live where: targets, their status and history. */
export function targets(store: Store): Targets {
  const { redis, keys } = store
  return {
    async putTarget(target) {
      await redis.eval(PUT, 1, keys.targets(target.datasource), atField(target), target.generation, JSON.stringify(target))
    },
    async removeTarget(target) {
      const [live, statuses, ledger] = [keys.targets(target.datasource), keys.status(target.datasource), keys.ledger(target)]
      await redis.eval(REMOVE, 3, live, statuses, ledger, atField(target), target.generation)
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
