import { spawn } from 'node:child_process'
import { cp, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GitHost, type HostedRepository, startGitHost } from '../../../../test/support/git-host.js'
import { type TemporaryDirectory, temporaryDirectory } from '../../../../test/support/temporary-directory.js'
import { RepositoryStore } from '../../store.js'
import { readEntries } from './entries.js'
import { createShare } from './share.js'
import { unpackHere } from './unpack.js'

const never = new AbortController().signal
const environment = { PATH: process.env['PATH'] ?? '' }

let host: GitHost
let hosted: HostedRepository
let directory: TemporaryDirectory
let number = 0

beforeAll(async () => {
  host = await startGitHost()
  hosted = await host.createRepository('acme/random')
  directory = await temporaryDirectory('unpack')
})
afterAll(async () => {
  await host.close()
  await directory[Symbol.asyncDispose]()
})

/** Runs real git, and gives what it prints. */
async function git(cwd: string, args: readonly string[], input: Buffer | string = ''): Promise<Buffer> {
  const child = spawn('git', args, { cwd, env: environment, stdio: ['pipe', 'pipe', 'pipe'] })
  const said: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  child.stdin.on('error', () => undefined).end(input)
  const [output, code] = await Promise.all([child.stdout.toArray(), new Promise((resolve) => child.on('close', resolve))])
  if (code !== 0) throw new Error(`git ${args[0]}: ${Buffer.concat(said).toString()}`)
  return Buffer.concat(output)
}

/** Loose objects and whatever else lies where they do, with what may be done to it. */
async function looseFiles(dir: string): Promise<string[]> {
  const objects = join(dir, 'objects')
  const names = (await readdir(objects, { recursive: true })).filter((name) => !/^(pack|info)|^..$/.test(name))
  return await Promise.all(names.toSorted().map(async (name) => `${name} ${((await stat(join(objects, name))).mode & 0o777).toString(8)}`))
}

const everything = async (dir: string) => {
  return (await git(dir, ['cat-file', '--batch-all-objects', '--batch', '--buffer'])).toString('latin1')
}

/** Does not compress to nothing, so that a change of it is worth a delta. */
const text = (seed: number, lines: number) =>
  Array.from({ length: lines }, (_, line) => `${line}: ${((line + 1) * seed * 7919) % 1_000_003}\n`).join('')

const change = fc.record({
  path: fc.constantFrom('a.yaml', 'b.json', 'folder/c.env', 'folder/deep/d.bin', 'ü.toml'),
  at: fc.nat(40_000),
  removed: fc.nat(300),
  added: fc.oneof(
    fc.string({ maxLength: 200 }).map((added) => Buffer.from(added)),
    fc.uint8Array({ maxLength: 400 }).map((added) => Buffer.from(added)),
  ),
})
const history = fc.record({
  seed: fc.integer({ min: 1, max: 10_000 }),
  lines: fc.array(fc.nat(2000), { minLength: 5, maxLength: 5 }),
  pushes: fc.array(fc.array(change, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }),
  switches: fc.subarray(['--thin', '--delta-base-offset', '--no-reuse-delta', '--compression=9', '--depth=3']),
})
type History = typeof history extends fc.Arbitrary<infer T> ? T : never

/** Small changes of large files, one after the other: git packs them as deltas, of what is in the pack and, when thin, of what is not. */
const deltasOf = (seed: number, ...switches: string[]): History => {
  const pushes = [100, 20_000, 200].map((at) => [{ path: 'a.yaml' as const, at, removed: 3, added: Buffer.from(`at ${at}`) }])
  return { seed, lines: [2000, 100, 100, 100, 100], pushes, switches }
}

/** Commits it all, and gives the commit from which it is pushed and the one that is pushed. */
async function commit({ seed, lines, pushes }: History): Promise<{ base: string; head: string }> {
  const branch = `run-${++number}`
  const paths = ['a.yaml', 'b.json', 'folder/c.env', 'folder/deep/d.bin', 'ü.toml']
  const files = new Map(paths.map((path, index) => [path, Buffer.from(text(seed + index, lines[index] ?? 0))]))
  const base = await hosted.commitFiles(branch, Object.fromEntries(files), 'base', { parent: null })
  let head = base
  for (const changes of pushes) {
    for (const { path, at, removed, added } of changes) {
      const before = files.get(path) ?? Buffer.alloc(0)
      files.set(path, Buffer.concat([before.subarray(0, at), added, before.subarray(at + removed)]))
    }
    head = await hosted.commitFiles(branch, Object.fromEntries(files), `push of ${changes.length}`)
  }
  return { base, head }
}

describe('a small pack that is unpacked without git', () => {
  it('leaves the very objects and files that git leaves, whatever was pushed', async () => {
    const deltas = { byOffset: 0, byId: 0 }
    const property = fc.asyncProperty(history, async (drawn) => {
      const { base, head } = await commit(drawn)
      const store = new RepositoryStore(directory.path, `https://host.test/${head}`, environment, 500)
      await store.ready()
      await git(store.dir, ['index-pack', '--stdin'], await git(hosted.dir, ['pack-objects', '--stdout', '--revs', '-q'], base))
      expect(await store.reader.read(head, 1000)).toBeUndefined()
      const judge = `${store.dir}.judge`
      await cp(store.dir, judge, { recursive: true })

      const pack = await git(hosted.dir, ['pack-objects', '--stdout', '--revs', '-q', ...drawn.switches], `${head}\n^${base}\n`)
      await unpackHere(pack, store, never)
      await git(judge, ['unpack-objects', '-q'], pack)

      expect((await store.reader.read(head, 1000))?.type).toBe('commit')
      store.close()
      expect(await looseFiles(store.dir)).toEqual(await looseFiles(judge))
      expect((await everything(store.dir)) === (await everything(judge))).toBe(true)
      await git(store.dir, ['update-ref', 'refs/heads/main', head])
      await git(store.dir, ['fsck', '--strict', '--full', '--no-dangling'])
      for (const entry of await readEntries(pack, pack.readUInt32BE(8), createShare(never))) {
        if (entry.type === 'delta') deltas[typeof entry.base === 'number' ? 'byOffset' : 'byId'] += 1
      }
    })
    await fc.assert(property, { numRuns: 20, examples: [[deltasOf(1, '--thin', '--delta-base-offset')], [deltasOf(2)]] })
    expect(deltas.byOffset).toBeGreaterThan(0)
    expect(deltas.byId).toBeGreaterThan(0)
  }, 120_000)

  it('leaves an object alone that is there, and does so for several processes at once', async () => {
    const base = await hosted.commitFiles('again', { 'a.yaml': text(3, 900) })
    const head = await hosted.commitFiles('again', { 'a.yaml': `${text(3, 900)}more` })
    const pack = await git(hosted.dir, ['pack-objects', '--stdout', '--revs', '-q'], `${head}\n`)
    const store = new RepositoryStore(directory.path, 'https://host.test/again', environment, 500)
    await store.ready()
    await Promise.all(Array.from({ length: 8 }, () => unpackHere(pack, store, never)))
    const path = join(store.dir, 'objects', base.slice(0, 2), base.slice(2))
    const before = await stat(path)
    await unpackHere(pack, store, never)
    expect((await stat(path)).ino).toBe(before.ino)
    expect((await looseFiles(store.dir)).filter((name) => !/^..\/[0-9a-f]{38} 444$/.test(name))).toEqual([])
  })

  it('writes nothing for a job that was given up', async () => {
    const head = await hosted.commitFiles('stopped', { 'a.yaml': 'stopped' })
    const pack = await git(hosted.dir, ['pack-objects', '--stdout', '--revs', '-q'], `${head}\n`)
    const store = new RepositoryStore(directory.path, 'https://host.test/stopped', environment, 500)
    await store.ready()
    await expect(unpackHere(pack, store, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
    expect(await looseFiles(store.dir)).toEqual([])
  })
})
