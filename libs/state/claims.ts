import { Claim, type State } from './contract.js'
import { readJson, type Store } from './stored.js'

/** Takes the next order and gives what was claimed before, in one step: of two claims at once the second sees the first. */
const CLAIM = `
local before = redis.call('HGETALL', KEYS[1])
local claim = cjson.decode(ARGV[2])
claim['order'] = redis.call('INCR', KEYS[2])
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(claim))
return before`

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
    async restoreClaim(at, previous) {
      const key = keys.claims(at.datasource, at.location)
      if (previous === undefined) await redis.hdel(key, at.source)
      else await redis.hset(key, at.source, JSON.stringify(previous))
    },
    async releaseClaim(at) {
      await redis.hdel(keys.claims(at.datasource, at.location), at.source)
    },
  }
}

function inOrder(store: Store, key: string, texts: readonly string[]): Claim[] {
  return texts.flatMap((text) => readJson(store, 'claim', key, Claim, text) ?? []).toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))
}
