import { FrameWriter } from '@vartrack/sink-kit'
import type { Cluster, Redis } from 'ioredis'

/** One MGET of this many keys holds the server for some 10 ms. */
const KEYS_PER_READ = 20_000

/**
 * The strings under a prefix as a live frame. What is there under another type counts as absent.
 * @param prefix location and separator
 */
export async function readStrings(client: Redis | Cluster, prefix: string, keys: 'all' | readonly string[]): Promise<Buffer> {
  const names = keys === 'all' ? await findKeys(client as Redis, prefix) : keys
  const frame = new FrameWriter('live', names.length * 96)
  for (let at = 0; at < names.length; at += KEYS_PER_READ) await readSome(client, prefix, names.slice(at, at + KEYS_PER_READ), frame)
  return frame.finish()
}

async function readSome(client: Redis | Cluster, prefix: string, names: readonly string[], frame: FrameWriter): Promise<void> {
  const values = await client.mgetBuffer(names.map((name) => `${prefix}${name}`))
  for (const [index, value] of values.entries()) {
    if (value) frame.add(names[index] as string, value)
  }
}

/** SCAN may give a key twice. */
async function findKeys(client: Redis, prefix: string): Promise<string[]> {
  const found = new Set<string>()
  const pattern = `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`
  let cursor = '0'
  do {
    const [next, keys] = await client.scan(cursor, 'MATCH', pattern, 'COUNT', 10_000, 'TYPE', 'string')
    for (const key of keys) found.add(key.slice(prefix.length))
    cursor = next
  } while (cursor !== '0')
  return [...found]
}
