import { z } from 'zod'
import type { State } from './contract.js'
import { refField } from './keys.js'
import { DAY_S, readJson, type Store } from './stored.js'

const Tried = z.object({ commit: z.string(), bundle: z.string().optional(), run: z.string().optional(), at: z.string() })

/** Tells one start of the Redis server from another. */
async function runOf(redis: Store['redis']): Promise<string | undefined> {
  return /^run_id:(\w+)/m.exec(await redis.info('server'))?.[1]
}

/** A plan whose beginning is gone was not tried: Redis was emptied meanwhile, and the sweep has to plan the ref again. */
const TRY = `
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then redis.call('HSET', KEYS[2], ARGV[1], ARGV[2]) end
return 1`

type Refs = Pick<State, 'tried' | 'putTried' | 'forgetTried' | 'deliverySeen' | 'firstDelivery'>

/** Which commits were tried, and which deliveries came. */
export function refs(store: Store): Refs {
  const { redis, keys } = store
  return {
    async tried({ platform, repo, ref }) {
      const key = keys.tried(platform)
      const tried = readJson(store, 'tried commit', key, Tried, await redis.hget(key, refField(repo, ref)))
      // A Redis that was started anew may have lost the jobs that followed.
      return tried && tried.run === (await runOf(redis)) ? tried : undefined
    },
    async putTried({ platform, repo, ref }, { commit, bundle }) {
      const tried = JSON.stringify({ commit, bundle, run: await runOf(redis), at: new Date().toISOString() })
      await redis.eval(TRY, 2, keys.plans(platform), keys.tried(platform), refField(repo, ref), tried)
    },
    async forgetTried({ platform, repo, ref }) {
      await redis.hdel(keys.tried(platform), refField(repo, ref))
    },
    deliverySeen: async (platform, deliveryId) => (await redis.exists(keys.delivery(platform, deliveryId))) === 1,
    firstDelivery: async (platform, deliveryId) => (await redis.set(keys.delivery(platform, deliveryId), '1', 'EX', DAY_S, 'NX')) === 'OK',
  }
}
