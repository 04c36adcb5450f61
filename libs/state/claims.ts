import { Claim, type SourceAt, type State } from './contract.js'
import { readJson, type Store } from './stored.js'

/**
 * KEYS: claims, order; ARGV: source, claim, order up to which its caller has seen the others ('' for whatever they are). Claims, unless another ref of the
 * source or a later plan of it has claimed, or others have that were not seen. Gives whether it did, the order, and what was claimed before.
 */
const CLAIM = `
local before = redis.call('HGETALL', KEYS[1])
local order = redis.call('GET', KEYS[2]) or '0'
local claim = cjson.decode(ARGV[2])
local found = redis.call('HGET', KEYS[1], ARGV[1])
local known, own = pcall(cjson.decode, found or '')
if known and type(own) == 'table' then
  if own['ref'] ~= claim['ref'] or (tonumber(own['generation']) or 0) > (claim['generation'] or 0) then return { 0, order, before } end
end
local others = #before / 2 - (found and 1 or 0)
if ARGV[3] ~= '' and others > 0 and ARGV[3] ~= order then return { 0, order, before } end
claim['order'] = redis.call('INCR', KEYS[2])
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(claim))
return { 1, order, before }`

/**
 * KEYS: claims, order; ARGV: source, generation of the claim that is taken back, the claim to put in its place ('' for none). Whoever claimed since then
 * keeps it; whoever looked before it has to look again.
 */
const RESTORE = `
local found = redis.call('HGET', KEYS[1], ARGV[1])
local known, claim = pcall(cjson.decode, found or '')
if not known or type(claim) ~= 'table' or claim['generation'] ~= tonumber(ARGV[2]) then return 0 end
if ARGV[3] == '' then return redis.call('HDEL', KEYS[1], ARGV[1]) end
local previous = cjson.decode(ARGV[3])
if previous['order'] == nil then previous['order'] = claim['order'] end
redis.call('INCR', KEYS[2])
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(previous))
return 1`

/** ARGV: source, generation that declares nothing any more. A later plan may have claimed by now. */
const RELEASE = `
local known, claim = pcall(cjson.decode, redis.call('HGET', KEYS[1], ARGV[1]) or '')
if known and type(claim) == 'table' and (tonumber(claim['generation']) or 0) > tonumber(ARGV[2]) then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])`

/** Which source holds the keys of which release, by destination. */
export function claims(store: Store): Pick<State, 'claim' | 'tryClaim' | 'claims' | 'restoreClaim' | 'releaseClaim'> {
  const { redis, keys } = store
  const keysOf = (at: Pick<SourceAt, 'datasource' | 'location'>) => [
    keys.claims(at.datasource, at.location),
    keys.claimOrder(at.datasource, at.location),
  ]
  const claim = async (at: SourceAt, wanted: Claim, seen: string) => {
    const [claimed, order, flat] = (await redis.eval(CLAIM, 2, ...keysOf(at), at.source, JSON.stringify(wanted), seen)) as [number, string, string[]]
    const texts = flat.filter((_, i) => i % 2 === 1)
    return { claimed: claimed === 1, seen: order, before: inOrder(store, keys.claims(at.datasource, at.location), texts) }
  }
  return {
    claim: async (at, wanted) => (await claim(at, wanted, '')).before,
    tryClaim: (at, wanted, seen = '0') => claim(at, wanted, seen),
    async claims(datasource, location) {
      const key = keys.claims(datasource, location)
      return inOrder(store, key, Object.values(await redis.hgetall(key)))
    },
    async restoreClaim(at, generation, previous) {
      const text = previous === undefined ? '' : JSON.stringify(previous)
      await redis.eval(RESTORE, 2, ...keysOf(at), at.source, generation, text)
    },
    async releaseClaim(at, generation) {
      await redis.eval(RELEASE, 1, keys.claims(at.datasource, at.location), at.source, generation)
    },
  }
}

function inOrder(store: Store, key: string, texts: readonly string[]): Claim[] {
  return texts.flatMap((text) => readJson(store, 'claim', key, Claim, text) ?? []).toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))
}
