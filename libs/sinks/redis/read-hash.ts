import { FrameWriter } from '@vartrack/sink-kit'
import type { Cluster, Redis } from 'ioredis'

/** From so many keys on it is looked whether reading the whole hash is the shorter way. */
const MANY = 1000
const BYTES_PER_KEY = 96

/** The fields of a hash as a live frame; a hash that is not there has none. */
export async function readHash(client: Redis | Cluster, location: string, keys: 'all' | readonly string[]): Promise<Buffer> {
  if (keys === 'all') return frameOfPairs(await readPairs(client, location), undefined)
  if (keys.length > MANY && (await client.hlen(location)) < keys.length * 2) {
    return frameOfPairs(await readPairs(client, location), new Set(keys))
  }
  return readFields(client, location, keys)
}

/** Field, value, field, value: without the driver's object of strings, which takes longer than the reading. */
async function readPairs(client: Redis | Cluster, location: string): Promise<Buffer[]> {
  return (await client.callBuffer('HGETALL', location)) as Buffer[]
}

function frameOfPairs(pairs: readonly Buffer[], wanted: ReadonlySet<string> | undefined): Buffer {
  const frame = new FrameWriter('live', pairs.length * (BYTES_PER_KEY / 2))
  for (let at = 0; at < pairs.length; at += 2) {
    const key = pairs[at] as Buffer
    if (!wanted || wanted.has(key.toString('utf8'))) frame.add(key, pairs[at + 1] as Buffer)
  }
  return frame.finish()
}

async function readFields(client: Redis | Cluster, location: string, keys: readonly string[]): Promise<Buffer> {
  const frame = new FrameWriter('live', keys.length * BYTES_PER_KEY)
  const values = keys.length === 0 ? [] : ((await client.callBuffer('HMGET', [location, ...keys])) as (Buffer | null)[])
  for (const [index, value] of values.entries()) {
    if (value) frame.add(keys[index] as string, value)
  }
  return frame.finish()
}
