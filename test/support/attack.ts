import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { Chain } from './chain.js'
import type { SignedDelivery } from './ingress-door.js'
import type { RawRequest } from './raw-http.js'
import { type StoreName } from './store-views.js'

/** A signed delivery as bytes on a connection. */
export function rawDelivery({ body, headers }: SignedDelivery, path = '/webhooks'): RawRequest {
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)) }).map(([name, value]) => `${name}: ${value}`)
  return { head: [`POST ${path} HTTP/1.1`, ...lines], body: onceOf(body) }
}

/** A body that is sent once. */
export function onceOf(body: string | Buffer): () => string | Buffer | undefined {
  const parts = [body]
  return () => parts.pop()
}

/** What has to hold after an attack: the process lives and works, nobody was told a stack, and a push still arrives everywhere. */
export async function expectUnharmed(chain: Chain, log: string = chain.varTrack.process.output()): Promise<void> {
  const health = await Promise.all(['liveness', 'readiness'].map(async (check) => (await fetch(`${chain.varTrack.url}/health/${check}`)).status))
  expect(health).toEqual([200, 200])
  expect(log).not.toMatch(/"level":"fatal"|internal\.unexpected/)
  const proof = randomBytes(4).toString('hex')
  await chain.repository.commitFiles('main', { 'configs/app.yaml': `proof: "${proof}"\n` })
  await chain.eventuallyEverywhere({ proof })
}

/** Everything the three destinations hold. */
export async function heldBy(chain: Chain): Promise<Record<StoreName, Record<string, string>>> {
  const [redis, mongo, zookeeper] = await Promise.all([chain.stores.redis.entries(), chain.stores.mongo.entries(), chain.stores.zookeeper.entries()])
  return { redis, mongo, zookeeper }
}
