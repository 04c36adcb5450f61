import { DestinationStatus, HistoryEntry, type State, Target } from './contract.js'
import { atField } from './keys.js'
import { DAY_S, readJson, type Store, scanHash } from './stored.js'

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

/**
 * KEYS: what is kept by field, the generation that has removed it; ARGV: field, generation. What somebody says who was
 * stopped for long, or who has read before another wrote, counts no more.
 */
const UNLESS_LATER = `
local known, kept = pcall(cjson.decode, redis.call('HGET', KEYS[1], ARGV[1]) or '')
if known and type(kept) == 'table' and (tonumber(kept['generation']) or 0) > tonumber(ARGV[2]) then return 0 end
if (tonumber(redis.call('GET', KEYS[2])) or 0) > tonumber(ARGV[2]) then return 0 end`
const PUT = `${UNLESS_LATER}
return redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])`
/** KEYS: targets, removal, statuses, ledger; ARGV beside: seconds for which the removal is known. */
const REMOVE = `${UNLESS_LATER}
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
return redis.call('UNLINK', KEYS[4])`
/** A job that began before a removal has ended long before that. */
const REMOVAL_KNOWN_S = DAY_S

type Targets = Pick<State, 'putTarget' | 'removeTarget' | 'target' | 'targets' | 'putStatus' | 'status' | 'addHistory' | 'history'>

/** What is live where: targets, their status and history. */
export function targets(store: Store): Targets {
  const { redis, keys } = store
  return {
    async putTarget(target) {
      await redis.eval(PUT, 2, keys.targets(target.datasource), keys.removal(target), atField(target), target.generation, JSON.stringify(target))
    },
    async removeTarget(target) {
      const of = [keys.targets(target.datasource), keys.removal(target), keys.status(target.datasource), keys.ledger(target)]
      await redis.eval(REMOVE, of.length, ...of, atField(target), target.generation, REMOVAL_KNOWN_S)
    },
    async target(at) {
      const key = keys.targets(at.datasource)
      return readJson(store, 'target', key, Target, await redis.hget(key, atField(at)))
    },
    targets: (datasource) => liveTargets(store, datasource),
    async putStatus(at, status) {
      await redis.eval(PUT, 2, keys.status(at.datasource), keys.removal(at), atField(at), status.generation ?? 0, JSON.stringify(status))
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
