import { z } from 'zod'
import type { State } from './contract.js'
import { parseRefField, refField } from './keys.js'
import { DAY_S, readJson, run, type Store, scanHash } from './stored.js'

const Tried = z.object({ commit: z.string(), at: z.string() })

type Refs = Pick<State, 'planned' | 'putPlanned' | 'tried' | 'putTried' | 'triedRefs' | 'plannedRefs' | 'forgetRef' | 'deliverySeen' | 'firstDelivery'>

export function refs(store: Store): Refs {
  const { redis, keys } = store
  return {
    planned: async (platform, repo, ref) => (await redis.hget(keys.planned(platform), refField(repo, ref))) ?? undefined,
    async putPlanned(platform, repo, ref, commit) {
      await redis.hset(keys.planned(platform), refField(repo, ref), commit)
    },
    async tried(platform, repo, ref) {
      const key = keys.tried(platform)
      return readJson(store, 'tried commit', key, Tried, await redis.hget(key, refField(repo, ref)))
    },
    async putTried(platform, repo, ref, commit) {
      await redis.hset(keys.tried(platform), refField(repo, ref), JSON.stringify({ commit, at: new Date().toISOString() }))
    },
    triedRefs: (platform) => triedRefs(store, platform),
    plannedRefs: (platform) => plannedRefs(store, platform),
    async forgetRef(platform, repo, ref) {
      const field = refField(repo, ref)
      await run(redis.pipeline().hdel(keys.planned(platform), field).hdel(keys.tried(platform), field))
    },
    deliverySeen: async (platform, deliveryId) => (await redis.exists(keys.delivery(platform, deliveryId))) === 1,
    firstDelivery: async (platform, deliveryId) => (await redis.set(keys.delivery(platform, deliveryId), '1', 'EX', DAY_S, 'NX')) === 'OK',
  }
}

async function* triedRefs({ redis, keys }: Store, platform: string): AsyncGenerator<{ repo: string; ref: string }> {
  for await (const [field] of scanHash(redis, keys.tried(platform))) {
    const ref = parseRefField(field)
    if (ref) yield ref
  }
}

async function* plannedRefs({ redis, keys }: Store, platform: string): AsyncGenerator<{ repo: string; ref: string; commit: string }> {
  for await (const [field, commit] of scanHash(redis, keys.planned(platform))) {
    const ref = parseRefField(field)
    if (ref) yield { ...ref, commit }
  }
}
