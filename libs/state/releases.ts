import type { SourceAt, State } from './contract.js'
import { compress, decompress } from './frames-at-rest.js'
import { type Store, WEEK_S } from './stored.js'

/** A ledger is stored behind the generation of its journal, as 8 bytes, little-endian. */
const JOURNAL_BYTES = 8

/** Releases by digest and copies of ledgers, compressed. Bytes that are not ours count as absent and are told. */
export function releases(store: Store): Pick<State, 'putRelease' | 'release' | 'putLedger' | 'ledger'> {
  const { redis, keys } = store
  return {
    async putRelease(digest, frame) {
      const key = keys.release(digest)
      if (await redis.expire(key, WEEK_S)) return
      await redis.set(key, await compress(frame), 'EX', WEEK_S)
    },
    async release(digest) {
      const key = keys.release(digest)
      const stored = await redis.getBuffer(key)
      return stored === null ? undefined : open(store, 'release', key, stored)
    },
    async putLedger(at, journal, ledger) {
      const generation = Buffer.alloc(JOURNAL_BYTES)
      generation.writeBigUInt64LE(BigInt(journal))
      await redis.set(keys.ledger(at), Buffer.concat([generation, await compress(ledger)]), 'EX', WEEK_S)
    },
    ledger: (at, journal) => readLedger(store, at, journal),
  }
}

async function readLedger(store: Store, at: SourceAt, journal: number): Promise<Buffer | undefined> {
  const key = store.keys.ledger(at)
  const stored = await store.redis.getBuffer(key)
  if (stored === null || stored.length < JOURNAL_BYTES || stored.readBigUInt64LE() !== BigInt(journal)) return undefined
  return open(store, 'ledger', key, stored.subarray(JOURNAL_BYTES))
}

async function open(store: Store, what: string, key: string, bytes: Buffer): Promise<Buffer | undefined> {
  const frame = await decompress(bytes)
  if (frame === undefined) store.onProblem({ what, key, message: 'the stored bytes cannot be decompressed' })
  return frame
}
