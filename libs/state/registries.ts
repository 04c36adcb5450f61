import type { State } from './contract.js'
import { run, type Store } from './stored.js'

const PARTS = ['read', 'planned'] as const

/** The versions of schema registries. */
export function registries({ redis, keys }: Store): Pick<State, 'registry' | 'putRegistry'> {
  return {
    async registry(key) {
      const found = await redis.hmget(keys.registries, ...PARTS.map((part) => fieldOf(key, part)))
      return { ...(found[0] ? { read: found[0] } : {}), ...(found[1] ? { planned: found[1] } : {}) }
    },
    async putRegistry(key, versions) {
      const pipeline = redis.pipeline()
      for (const part of PARTS) if (versions[part] !== undefined) pipeline.hset(keys.registries, fieldOf(key, part), versions[part])
      await run(pipeline)
    },
  }
}

function fieldOf(key: string, part: (typeof PARTS)[number]): string {
  return `${encodeURIComponent(key)} ${part}`
}
