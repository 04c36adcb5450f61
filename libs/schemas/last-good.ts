import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Snapshot } from './contract.js'

/** Keeps the last good snapshot of each registry on disk, so that a process which starts while a registry is down has schemas. */
export interface LastGood {
  /** @throws Error of the system */
  keep(key: string, snapshot: Snapshot): Promise<void>
  /** `undefined` when there is none, or none that can be read. */
  read(key: string): Promise<Snapshot | undefined>
}

/** @param dir may be shared by several processes; holds schemas alone, which are no secrets */
export function createLastGood(dir: string): LastGood {
  const pathOf = (key: string) => join(dir, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.schemas.json`)
  return {
    async keep(key, snapshot) {
      await mkdir(dir, { recursive: true })
      const draft = join(dir, `draft-${randomUUID()}`)
      await writeFile(draft, encode(snapshot))
      await rename(draft, pathOf(key))
    },
    async read(key) {
      try {
        return decode(JSON.parse(await readFile(pathOf(key), 'utf8')))
      } catch {
        // What cannot be read is as good as absent: the registry's own error is told then.
        return undefined
      }
    },
  }
}

/** As it lies on disk. */
interface Kept {
  readonly version: string
  /** Path and bytes of each schema. */
  readonly base64: readonly (readonly [string, string])[]
}

function encode({ version, files }: Snapshot): string {
  const kept: Kept = { version, base64: [...files].map(([path, bytes]) => [path, bytes.toString('base64')]) }
  return JSON.stringify(kept)
}

function decode({ version, base64 }: Kept): Snapshot {
  return { version, files: new Map(base64.map(([path, bytes]) => [path, Buffer.from(bytes, 'base64')])) }
}
