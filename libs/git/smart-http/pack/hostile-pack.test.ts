import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { constants, deflateRawSync, deflateSync } from 'node:zlib'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TemporaryDirectory, temporaryDirectory } from '../../../../test/support/temporary-directory.js'
import { RepositoryStore } from '../../store.js'
import { GaveUp } from '../gave-up.js'
import { receivePack } from '../receive.js'
import { unpackHere } from './unpack.js'

const never = new AbortController().signal
const environment = { PATH: process.env['PATH'] ?? '' }
const NOWHERE = Buffer.alloc(20, 0xaa)
const BASE = Buffer.from(Array.from({ length: 300 }, (_, index) => (index * index) % 251))
const MIB = 1024 * 1024

let directory: TemporaryDirectory
let number = 0
beforeAll(async () => {
  directory = await temporaryDirectory('hostile-pack')
})
afterAll(() => directory[Symbol.asyncDispose]())

const digitsOf = (value: number): number[] => (value < 128 ? [value] : [(value % 128) + 128, ...digitsOf(Math.floor(value / 128))])
const head = (type: number, size: number) => {
  const [rest, first] = [Math.floor(size / 16), size % 16]
  return Buffer.from(rest === 0 ? [type * 16 + first] : [128 + type * 16 + first, ...digitsOf(rest)])
}
const distanceOf = (distance: number): Buffer => {
  const bytes = [distance % 128]
  for (let left = Math.floor(distance / 128); left > 0; left = Math.floor(left / 128)) bytes.unshift(128 + (--left % 128))
  return Buffer.from(bytes)
}
const whole = (content: Buffer, type = 3, size = content.length) => Buffer.concat([head(type, size), deflateSync(content)])
const byId = (id: Buffer, delta: Buffer) => Buffer.concat([head(7, delta.length), id, deflateSync(delta)])
const byOffset = (distance: number, delta: Buffer) => Buffer.concat([head(6, delta.length), distanceOf(distance), deflateSync(delta)])
const deltaOf = (from: number, to: number, ...pieces: readonly (readonly number[])[]) => {
  return Buffer.from([...digitsOf(from), ...digitsOf(to), ...pieces.flat()])
}
const copy = (from: number, length: number) => [0xb3, from % 256, from >> 8, length % 256, length >> 8]
const idOf = (content: Buffer) => createHash('sha1').update(`blob ${content.length}\0`).update(content).digest()
const closed = (body: Buffer) => Buffer.concat([body, createHash('sha1').update(body).digest()])
const packOf = (entries: readonly Buffer[], count = entries.length, version = 2) => {
  const begin = Buffer.from([0x50, 0x41, 0x43, 0x4b, 0, 0, 0, version, 0, 0, 0, 0])
  begin.writeUInt32BE(count, 8)
  return closed(Buffer.concat([begin, ...entries]))
}
/** A base, and a delta right after it. */
const based = (delta: Buffer) => packOf([whole(BASE), byOffset(whole(BASE).length, delta)])
/** Each of the objects adds a byte to the one before. */
const chain = (length: number) => {
  const contents = Array.from({ length }, (_, index) => Buffer.concat([BASE, Buffer.alloc(index, 'x')]))
  const links = contents.slice(1).map((content, index) => {
    return byId(idOf(contents[index]!), deltaOf(content.length - 1, content.length, copy(0, content.length - 1), [1, 0x78]))
  })
  return [whole(BASE), ...links]
}

async function emptyStore(): Promise<RepositoryStore> {
  const store = new RepositoryStore(directory.path, `https://host.test/${++number}`, environment, 500)
  await store.ready()
  return store
}

async function gitTakes(dir: string, pack: Buffer): Promise<boolean> {
  const child = spawn('git', ['unpack-objects', '-q'], { cwd: dir, env: environment, stdio: ['pipe', 'ignore', 'ignore'] })
  child.stdin.on('error', () => undefined).end(pack)
  return (await new Promise((resolve) => child.on('close', resolve))) === 0
}

async function objectsOf(dir: string): Promise<string> {
  const child = spawn('git', ['cat-file', '--batch-all-objects', '--batch', '--buffer'], {
    cwd: dir,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return Buffer.concat(await child.stdout.toArray()).toString('latin1')
}

/** What becomes of a pack here: taken, or for which reason it is left to git; then nothing may have been written. */
async function outcome(store: RepositoryStore, pack: Buffer): Promise<string> {
  const said = await unpackHere(pack, store, never).then(
    () => 'taken',
    (error: unknown) => (error instanceof GaveUp ? error.reason : String(error)),
  )
  const written = (await readdir(join(store.dir, 'objects'), { recursive: true })).length - ['info', 'pack'].length
  return said === 'taken' || written === 0 ? said : `${said}, and ${written} files were left`
}

/** The same pack through the door and to real git: both take it and have the same then, or neither does. */
async function expectAsGit(store: RepositoryStore, pack: Buffer): Promise<void> {
  const judge = `${store.dir}.judge`
  await cp(store.dir, judge, { recursive: true })
  const pieces = (async function* () {
    for (let at = 0; at < pack.length; at += 60_000) yield pack.subarray(at, at + 60_000)
  })()
  const received = await receivePack(pieces, { store, totalMs: 30_000, signal: never }).then(
    () => objectsOf(store.dir),
    (error: unknown) => (error as GaveUp).reason,
  )
  expect(received === ((await gitTakes(judge, pack)) ? await objectsOf(judge) : 'unpack')).toBe(true)
}

describe('a pack that was made by hand', () => {
  it.each<[string, string, () => Buffer]>([
    ['no objects', 'taken', () => packOf([])],
    ['an empty object', 'taken', () => packOf([whole(Buffer.alloc(0))])],
    ['one object three times', 'taken', () => packOf([whole(BASE), whole(BASE), whole(BASE)])],
    ['a chain of deltas', 'taken', () => packOf(chain(99))],
    ['a chain of deltas, last first', 'taken', () => packOf(chain(99).toReversed())],
    [
      'a copy of 64 KiB that says 0',
      'taken',
      () => packOf([whole(Buffer.alloc(65_536)), byId(idOf(Buffer.alloc(65_536)), deltaOf(65_536, 65_536, [128]))]),
    ],
    ['a size that is too small', 'unpack', () => packOf([whole(BASE, 3, BASE.length - 1)])],
    ['a size that is too large', 'unpack', () => packOf([whole(BASE, 3, BASE.length + 1)])],
    ['an object of 100 bytes that unfolds to 200 MB', 'unpack', () => packOf([bomb(100)])],
    ['an object of 1 MB that unfolds to 200 MB', 'unpack', () => packOf([bomb(MIB)])],
    ['empty blocks without end', 'unpack', () => packOf([emptyBlocks()])],
    [
      'a stream with a dictionary',
      'unpack',
      () => packOf([Buffer.concat([head(3, 3), deflateSync(Buffer.from('abc'), { dictionary: Buffer.from('abc') })])]),
    ],
    ['a stream whose checksum is wrong', 'unpack', () => packOf([Buffer.concat([whole(BASE).subarray(0, -1), Buffer.from([0])])])],
    ['an object of 4 GB', 'too_large', () => packOf([whole(BASE, 3, 2 ** 32)])],
    ['a size without end', 'too_large', () => packOf([Buffer.alloc(1000, 0xbf)])],
    ['an object of type 0', 'unpack', () => packOf([whole(BASE, 0)])],
    ['an object of type 5', 'unpack', () => packOf([whole(BASE, 5)])],
    ['fewer objects than it says', 'unpack', () => packOf([whole(BASE)], 2)],
    ['more objects than it says', 'unpack', () => packOf([whole(BASE), whole(Buffer.alloc(9))], 1)],
    ['another version', 'unpack', () => packOf([whole(BASE)], 1, 4)],
    ['a hash that is not its own', 'unpack', () => Buffer.concat([packOf([whole(BASE)]).subarray(0, -20), NOWHERE])],
    ['a delta to nothing', 'unpack', () => packOf([byId(NOWHERE, deltaOf(3, 3, copy(0, 3)))])],
    ['a delta to itself', 'unpack', () => packOf([whole(BASE), byOffset(0, deltaOf(300, 300, copy(0, 300)))])],
    ['a delta to the middle of an object', 'unpack', () => packOf([whole(BASE), byOffset(7, deltaOf(300, 300, copy(0, 300)))])],
    ['a delta to what is before the pack', 'unpack', () => packOf([whole(BASE), byOffset(100_000, deltaOf(300, 300, copy(0, 300)))])],
    ['a distance without end', 'unpack', () => packOf([Buffer.concat([head(6, 9), Buffer.alloc(1000, 0xff)])])],
    [
      'two deltas to each other',
      'unpack',
      () => packOf([byId(idOf(BASE), deltaOf(300, 300, copy(0, 300))), byId(idOf(BASE), deltaOf(300, 300, copy(0, 300)))]),
    ],
    ['a delta for a longer base', 'unpack', () => based(deltaOf(301, 300, copy(0, 300)))],
    ['a delta that copies from behind its base', 'unpack', () => based(deltaOf(300, 300, copy(1, 300)))],
    ['a delta that copies from 4 GB behind', 'unpack', () => based(deltaOf(300, 1, [0x9f, 255, 255, 255, 255, 1]))],
    ['a delta that gives more than it says', 'unpack', () => based(deltaOf(300, 299, copy(0, 300)))],
    ['a delta that gives less than it says', 'unpack', () => based(deltaOf(300, 301, copy(0, 300)))],
    ['a delta with a command that means nothing', 'unpack', () => based(deltaOf(300, 300, copy(0, 300), [0]))],
    ['a delta whose copy is cut short', 'unpack', () => based(deltaOf(300, 300, copy(0, 300).slice(0, -1)))],
    ['a delta whose bytes are cut short', 'unpack', () => based(deltaOf(300, 5, [5, 1, 2, 3, 4]))],
    ['a delta of its sizes alone', 'unpack', () => based(deltaOf(300, 0))],
    ['a delta with a size without end', 'too_large', () => based(Buffer.alloc(50, 0xff))],
    ['a delta that says it gives 200 MB', 'too_large', () => based(deltaOf(300, 200 * MIB, copy(0, 300)))],
    ['objects that unfold to 12 MB', 'too_large', () => packOf(Array.from({ length: 12 }, (_, index) => whole(Buffer.alloc(MIB, index))))],
    ['deltas that unfold to 12 MB', 'too_large', () => packOf([whole(BASE), ...manyCopies(12)])],
    ['a delta of half a million pieces', 'too_large', () => based(deltaOf(300, 500_000, Array.from({ length: 500_000 }, () => [0x90, 1]).flat()))],
    ['an object that is larger than is unpacked here', 'too_large', () => packOf([whole(Buffer.alloc(MIB + 1))])],
  ])('with %s: %s, and in the end as git has it', async (_, expected, make) => {
    const [store, pack] = [await emptyStore(), make()]
    const [started, peak] = [process.cpuUsage(), process.resourceUsage().maxRSS]
    expect(await outcome(store, pack)).toBe(expected)
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(2)
    expect(process.resourceUsage().maxRSS - peak).toBeLessThan(48 * 1024)
    await expectAsGit(store, pack)
    store.close()
  })

  it('is taken at no place where it is cut', async () => {
    const [store, pack] = [await emptyStore(), packOf([...chain(3), whole(Buffer.from('tree'), 2)])]
    for (let length = 0; length < pack.length; length += 1) {
      expect(await outcome(store, pack.subarray(0, length))).toBe('unpack')
      expect(await outcome(store, closed(pack.subarray(0, Math.max(0, length - 20))))).toBe('unpack')
    }
    store.close()
  })

  it('is taken exactly when git takes it, and gives what git gives, whatever it is made of', async () => {
    const taken = { true: 0, false: 0 }
    const property = fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 5 }), async (drawn) => {
      const [store, pack] = [await emptyStore(), packOf(laid(drawn))]
      const judge = `${store.dir}.by-git`
      await cp(store.dir, judge, { recursive: true })
      const here = (await outcome(store, pack)) === 'taken'
      const there = await gitTakes(judge, pack)
      expect(here ? await objectsOf(store.dir) : here).toBe(there ? await objectsOf(judge) : there)
      taken[`${here}`] += 1
      store.close()
    })
    await fc.assert(property, { numRuns: 120 })
    expect(Math.min(taken.true, taken.false)).toBeGreaterThan(0)
  }, 120_000)
})

/** Made of pieces, because a test that once held 200 MB could not see whether it is held again. */
function bomb(size: number): Buffer {
  const piece = deflateRawSync(Buffer.alloc(MIB), { finishFlush: constants.Z_FULL_FLUSH })
  return Buffer.concat([head(3, size), Buffer.from([0x78, 1]), ...Array<Buffer>(200).fill(piece)])
}

function emptyBlocks(): Buffer {
  const block = Buffer.from([0, 0, 0, 0xff, 0xff])
  return Buffer.concat([head(3, 0), Buffer.from([0x78, 1]), ...Array<Buffer>(150_000).fill(block)])
}

/** Deltas that each make 1 MiB of 64 KiB, in a handful of bytes. */
function manyCopies(count: number): Buffer[] {
  const base = Buffer.alloc(65_536)
  const sixteen = Array<number>(16).fill(128)
  return [whole(base), ...Array.from({ length: count }, () => byId(idOf(base), deltaOf(base.length, MIB, sixteen)))]
}

const mostly = <T>(honest: T, ...lies: readonly T[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(honest) }, { weight: 1, arbitrary: fc.constantFrom(...lies) })
const piece = fc.oneof(
  fc.record({ kind: fc.constant('copy' as const), from: fc.nat(300), length: fc.integer({ min: 1, max: 120 }) }),
  fc.record({ kind: fc.constant('add' as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 127 }) }),
)
/** An object, or a delta to the one that lies `back` before it; with lies now and then. */
const entry = fc.record({
  type: mostly(3, 1, 2, 4, 0, 5),
  content: fc.uint8Array({ minLength: 150, maxLength: 400 }),
  delta: fc.constantFrom('none' as const, 'offset' as const, 'id' as const),
  back: fc.nat(4),
  pieces: fc.array(piece, { minLength: 1, maxLength: 6 }),
  baseLie: mostly(0, 1, -1),
  sizeLie: mostly(0, 1, -1, 1000),
  streamLie: mostly(0, 1, -1),
  tail: mostly<number[]>([], [0], [5], [0xff]),
})

/** The entries in the form of a pack. What a delta is to, and gives, is reckoned as if all before it were blobs. */
function laid(drawn: readonly (typeof entry extends fc.Arbitrary<infer T> ? T : never)[]): Buffer[] {
  const entries: { readonly bytes: Buffer; readonly offset: number; readonly content: Buffer }[] = []
  let offset = 12
  for (const { type, content, delta, back, pieces, baseLie, sizeLie, streamLie, tail } of drawn) {
    const base = entries[Math.max(0, entries.length - 1 - back)]
    let made = Buffer.from(content)
    let bytes = Buffer.concat([head(type, made.length + streamLie), deflateSync(made)])
    if (delta !== 'none' && base !== undefined) {
      const sound = pieces.map((each) => (each.kind === 'copy' ? { ...each, from: Math.min(each.from, base.content.length) } : each))
      made = Buffer.concat(sound.map((each) => (each.kind === 'copy' ? base.content.subarray(each.from, each.from + each.length) : each.bytes)))
      const commands = sound.flatMap((each) => (each.kind === 'copy' ? copy(each.from, each.length) : [each.bytes.length, ...each.bytes]))
      const size = sound.reduce((sum, each) => sum + (each.kind === 'copy' ? each.length : each.bytes.length), 0)
      const script = deltaOf(base.content.length + baseLie, Math.max(0, size + sizeLie), commands, tail)
      bytes = delta === 'id' ? byId(idOf(base.content), script) : byOffset(offset - base.offset, script)
    }
    entries.push({ bytes, offset, content: made })
    offset += bytes.length
  }
  return entries.map(({ bytes }) => bytes)
}
