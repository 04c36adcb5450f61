import { Claim, type State } from './contract.js'
import { readJson, type Store } from './stored.js'

/** Takes the next order and gives what was claimed before, in one step: of two claims at once the second sees the first. */
const CLAIM = `
local before = redis.call('HGETALL', KEYS[1])
local claim = cjson.decode(ARGV[2])
claim['order'] = redis.call('INCR', KEYS[2])
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(claim))
return before`

/** ARGV: source, generation of the claim that is taken back, the claim to put in its place ('' for none). Whoever claimed since then keeps it. */
const RESTORE = `
local found = redis.call('HGET', KEYS[1], ARGV[1])
local known, claim = pcall(cjson.decode, found or '')
if not known or type(claim) ~= 'table' or claim['generation'] ~= tonumber(ARGV[2]) then return 0 end
if ARGV[3] == '' then return redis.call('HDEL', KEYS[1], ARGV[1]) end
local previous = cjson.decode(ARGV[3])
if previous['order'] == nil then previous['order'] = claim['order'] end
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(previous))
return 1`

/** ARGV: source, generation that declares nothing any more. A later plan may have claimed by now. */
const RELEASE = `
local known, claim = pcall(cjson.decode, redis.call('HGET', KEYS[1], ARGV[1]) or '')
if known and type(claim) == 'table' and (tonumber(claim['generation']) or 0) > tonumber(ARGV[2]) then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])`

/** Which source holds the keys of which release, by destination. */
export function claims(store: Store): Pick<State, 'claim' | 'claims' | 'restoreClaim' | 'releaseClaim'> {
  const { redis, keys } = store
  return {
    async claim(at, claim) {
      const key = keys.claims(at.datasource, at.location)
      const flat = (await redis.eval(CLAIM, 2, key, keys.claimOrder(at.datasource, at.location), at.source, JSON.stringify(claim))) as string[]
      return inOrder(
        store,
        key,
        flat.filter((_, i) => i % 2 === 1),
      )
    },
    async claims(datasource, location) {
      const key = keys.claims(datasource, location)
      return inOrder(store, key, Object.values(await redis.hgetall(key)))
    },
    async restoreClaim(at, generation, previous) {
      const text = previous === undefined ? '' : JSON.stringify(previous)
      await redis.eval(RESTORE, 1, keys.claims(at.datasource, at.location), at.source, generation, text)
    },
    async releaseClaim(at, generation) {
      await redis.eval(RELEASE, 1, keys.claims(at.datasource, at.location), at.source, generation)
    },
  }
}

function inOrder(store: Store, key: string, texts: readonly string[]): Claim[] {
  return texts.flatMap((text) => readJson(store, 'claim', key, Claim, text) ?? []).toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))
}
