import { execFile, spawn } from 'node:child_process'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type CachedHost, openCachedHost } from '../../../test/support/cached-host.js'
import { eventually } from '../../../test/support/eventually.js'
import type { FrontFault, GitFront } from '../../../test/support/git-front.js'
import type { GitHost, HostedRepository } from '../../../test/support/git-host.js'
import { createGitCache } from '../cache.js'
import type { GitCache, Repository } from '../contract.js'
import { line } from './pkt-line.js'
import type { FetchReport } from './smart-http.js'

const run = promisify(execFile)
const never = new AbortController().signal
const main = 'refs/heads/main'
const ANY_ID = 'a'.repeat(40)

let opened: CachedHost
let host: GitHost
let front: GitFront
let dir: string
let cache: GitCache
let reports: FetchReport[] = []
let number = 0
const observe = (report: FetchReport) => void reports.push(report)

/** What a test lies with is made from an honest push that git then brings. */
interface Case {
  readonly hosted: HostedRepository
  readonly repository: Repository
  readonly first: string
  readonly head: string
}

/** Of a fetch, unless a test is about it: the host starts processes to answer. */
const PATIENT_MS = 20_000

async function pushed(timeoutMs = PATIENT_MS): Promise<Case> {
  const hosted = await host.createRepository(`acme/hostile-${++number}`)
  const first = await hosted.commitFiles('main', { 'a.yaml': 'v: 0\n', 'folder/b.yaml': 'b\n' })
  const repository = cache.repository({ url: `${front.url}/${hosted.name}.git`, token: 't0ken', verifySsl: true, timeoutMs })
  await repository.fetch(main, never)
  const head = await hosted.commitFiles('main', { 'folder/b.yaml': 'pushed\n' })
  reports = []
  return { hosted, repository, first, head }
}

/** The way is git's, for this reason; the commit and its files are there all the same. */
async function expectMended({ repository, head }: Case, because: string): Promise<void> {
  expect(await repository.fetch(main, never)).toBe(head)
  const [entry] = await repository.tree(head, never, ['folder'])
  expect((await repository.blob(entry!.blob, 100, never)).toString()).toBe('pushed\n')
  expect(reports.map((report) => `${report.way} ${report.because}`)).toEqual([`git ${because}`])
}

const only = (asked: string, fault: FrontFault) => {
  front.fault = (what, response, honest) => (what === asked ? fault(what, response, honest) : 'pass')
}

/** A packet of the pack's band, or another. */
const band = (which: number, content: Buffer) => {
  return Buffer.concat([Buffer.from((content.length + 5).toString(16).padStart(4, '0')), Buffer.from([which]), content])
}
const beforePack = Buffer.concat([line('acknowledgments'), line('ready'), Buffer.from('0001'), line('packfile')])
const packAnswer = (pack: Buffer) => {
  const pieces = Array.from({ length: Math.ceil(pack.length / 60_000) }, (_, index) => band(1, pack.subarray(index * 60_000, (index + 1) * 60_000)))
  return Buffer.concat([beforePack, ...pieces, Buffer.from('0000')])
}
/** Compresses badly, so that a change of its end is sent as a delta. */
const large = (end: string) => `${Array.from({ length: 500 }, (_, index) => `line ${index * 7919}`).join('\n')}${end}`
const refAnswer = (id: string) => Buffer.concat([line(`${id} ${main}`), Buffer.from('0000')])

/** A pack of exactly these objects. */
function packOf(dir: string, ids: readonly string[], switches: readonly string[] = []): Promise<Buffer> {
  const child = spawn('git', ['pack-objects', '--stdout', '-q', ...switches], { cwd: dir, stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(`${ids.join('\n')}\n`)
  return child.stdout.toArray().then((chunks) => Buffer.concat(chunks))
}
const idOf = async (dir: string, name: string) => (await run('git', ['rev-parse', name], { cwd: dir })).stdout.trim()

beforeAll(async () => {
  opened = await openCachedHost({ observe })
  ;({ host, front, dir, cache } = opened)
})
afterEach(() => void (front.fault = undefined))
afterAll(() => opened?.[Symbol.asyncDispose]())

describe('a host that answers varTrack otherwise than git', () => {
  it.each<[string, string, string, FrontFault]>([
    ['401', 'refs', 'status', (_, response) => response.writeHead(401).end()],
    ['404', 'capabilities', 'status', (_, response) => response.writeHead(404).end()],
    ['500 with a long page', 'pack', 'status', (_, response) => response.writeHead(500).end(Buffer.alloc(1_000_000, 'x'))],
    ['204', 'refs', 'status', (_, response) => response.writeHead(204).end()],
    ['a page of HTML', 'capabilities', 'protocol', (_, response) => response.setHeader('content-type', 'text/html').end('<html>')],
    ['an encoding nobody asked for', 'refs', 'protocol', (_, response) => response.setHeader('content-encoding', 'gzip').end('x')],
    ['garbage', 'refs', 'protocol', (_, response) => response.end(Buffer.alloc(5000, 0xfe))],
    ['nothing', 'capabilities', 'protocol', (_, response) => response.end()],
    ['version 1', 'capabilities', 'unsupported', (_, response) => response.end(Buffer.concat([line('version 1'), Buffer.from('0000')]))],
    ['names by SHA-256', 'capabilities', 'unsupported', (_, response) => response.end(capabilities('ls-refs', 'fetch', 'object-format=sha256'))],
    ['no fetch', 'capabilities', 'unsupported', (_, response) => response.end(capabilities('ls-refs'))],
    ['capabilities without end', 'capabilities', 'unsupported', (_, response) => response.end(capabilities(...Array<string>(999).fill('x')))],
    [
      'more after its capabilities',
      'capabilities',
      'protocol',
      (_, response) => response.end(Buffer.concat([capabilities('ls-refs', 'fetch'), line('x')])),
    ],
    ['an error line', 'refs', 'protocol', (_, response) => response.end(Buffer.concat([line('ERR \u001b[31mgo away'), Buffer.from('0000')]))],
    ['a huge packet', 'refs', 'protocol', (_, response) => response.end(Buffer.concat([Buffer.from('fff1'), Buffer.alloc(70_000)]))],
    ['a length of three', 'refs', 'protocol', (_, response) => response.end('0003')],
    ['half a packet', 'refs', 'protocol', (_, response) => response.end(`003f${ANY_ID} refs/h`)],
    ['another ref', 'refs', 'protocol', (_, response) => response.end(Buffer.concat([line(`${ANY_ID} refs/tags/v1`), Buffer.from('0000')]))],
    ['the ref twice', 'refs', 'protocol', (_, response) => response.end(Buffer.concat([refAnswer(ANY_ID).subarray(0, -4), refAnswer(ANY_ID)]))],
    ['a short id', 'refs', 'protocol', (_, response) => response.end(refAnswer('abc'))],
    ['no end of its list', 'refs', 'protocol', (_, response) => response.end(refAnswer(ANY_ID).subarray(0, -4))],
    ['a flood of refs', 'refs', 'too_large', (_, response) => flood(response, line(`${ANY_ID} ${main}${'x'.repeat(200)}`))],
    ['an empty list', 'refs', 'ref_missing', (_, response) => response.end('0000')],
    ['a commit nobody has', 'refs', 'protocol', (_, response) => response.end(refAnswer(ANY_ID))],
    ['more after its list', 'refs', 'protocol', async (_, response, honest) => response.end(Buffer.concat([await honest(), line('x')]))],
    ['more after its pack', 'pack', 'protocol', async (_, response, honest) => response.end(Buffer.concat([await honest(), line('x')]))],
    ['no acknowledgments', 'pack', 'protocol', (_, response) => response.end(line('packfile'))],
    [
      'a pack that breaks off with a word',
      'pack',
      'protocol',
      (_, response) => response.end(Buffer.concat([beforePack, band(3, Buffer.from('dying'))])),
    ],
    ['an unknown band', 'pack', 'protocol', (_, response) => response.end(Buffer.concat([beforePack, band(7, Buffer.from('x'))]))],
    ['no pack', 'pack', 'protocol', (_, response) => response.end(Buffer.concat([beforePack, Buffer.from('0000')]))],
    ['garbage for a pack', 'pack', 'unpack', (_, response) => response.end(packAnswer(Buffer.alloc(100_000, 'x')))],
    ['progress without end', 'pack', 'too_large', (_, response) => flood(response, band(2, Buffer.alloc(60_000, '.')), beforePack)],
    ['a pack without end', 'pack', 'too_large', async (_, response) => flood(response, band(1, storedBlock()), endlessBlob())],
  ])('has its push brought by git: %s', async (_, asked, because, fault) => {
    const push = await pushed()
    only(asked, fault)
    await expectMended(push, because)
  })

  it('has its push brought by git: a pack cut, with a wrong hash, or with a byte turned', async () => {
    for (const spoil of [
      (answer: Buffer) => answer.subarray(0, -40),
      (answer: Buffer) => Buffer.concat([answer.subarray(0, -60), Buffer.from([answer.at(-60)! ^ 1]), answer.subarray(-59)]),
      (answer: Buffer) => answer.subarray(0, -4),
    ]) {
      const push = await pushed()
      only('pack', async (_asked, response, honest) => response.end(spoil(await honest())))
      expect(await push.repository.fetch(main, never)).toBe(push.head)
      expect(reports.map(({ way }) => way)).toEqual(['git'])
    }
  })

  it('is not believed a commit whose file it keeps to itself, even if half of it came before', async () => {
    const push = await pushed()
    const { hosted, repository, head } = push
    const [commit, tree, folder] = [head, await idOf(hosted.dir, `${head}^{tree}`), await idOf(hosted.dir, `${head}:folder`)]
    const pack = await packOf(hosted.dir, [commit, tree, folder])
    only('pack', (_asked, response) => response.end(packAnswer(pack)))
    await expectMended(push, 'incomplete')

    const next = await hosted.commitFiles('main', { 'other/c.yaml': 'kept back\n' })
    const other = await idOf(hosted.dir, `${next}:other`)
    const poisoned = createGitCache({ dir, observe })
    front.fault = undefined
    await putObject(dir, await packOf(hosted.dir, [other]))
    const short = await packOf(hosted.dir, [next, await idOf(hosted.dir, `${next}^{tree}`)])
    only('pack', (_asked, response) => response.end(packAnswer(short)))
    reports = []
    const again = poisoned.repository({ url: `${front.url}/${hosted.name}.git`, token: undefined, verifySsl: true, timeoutMs: PATIENT_MS })
    expect(await again.fetch(main, never)).toBe(next)
    await poisoned.close()
    expect(reports.map(({ because }) => because)).toEqual(['incomplete'])
    expect((await repository.tree(next, never)).map(({ path }) => path)).toContain('other/c.yaml')
  })

  it('is not believed a delta to something that is not here, and may send more than was asked for', async () => {
    const push = await pushed()
    const base = await push.hosted.commitFiles('side', { 'large.yaml': large('1') })
    const delta = await push.hosted.commitFiles('side', { 'large.yaml': large('2') })
    const thin = await packOf(push.hosted.dir, [delta, `^${base}`], ['--thin', '--revs'])
    only('pack', (_asked, response) => response.end(packAnswer(thin)))
    await expectMended(push, 'unpack')

    const generous = await pushed()
    const all = (await run('git', ['rev-list', '--objects', '--all'], { cwd: generous.hosted.dir })).stdout
      .split('\n')
      .map((text) => text.slice(0, 40))
    const extra = await packOf(generous.hosted.dir, [...new Set(all.filter((id) => id !== ''))])
    only('pack', (_asked, response) => response.end(packAnswer(extra)))
    expect(await generous.repository.fetch(main, never)).toBe(generous.head)
    expect(reports.map(({ because }) => because)).toEqual(['fetched'])
  })

  it('gets no token to carry elsewhere: a redirect is not followed', async () => {
    let asked = 0
    const elsewhere = createServer((_, response) => response.end(String(++asked))).listen(0, '127.0.0.1')
    await new Promise((resolve) => elsewhere.once('listening', resolve))
    const push = await pushed()
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/x.git/git-upload-pack`
    only('refs', (_, response) => response.writeHead(302, { location }).end())
    await expectMended(push, 'status')
    elsewhere.close()
    expect(asked).toBe(0)
  })

  it('does not hold a fetch up for long: hanging, and dripping', async () => {
    const hanging = await pushed(3_000)
    only('refs', () => undefined)
    await expectMended(hanging, 'timeout')
    const dripping = await pushed(3_000)
    only('pack', (_asked, response) => {
      response.write(beforePack)
      const drip = setInterval(() => response.write(band(2, Buffer.from('.'))), 100)
      response.on('close', () => clearInterval(drip))
    })
    await expectMended(dripping, 'timeout')
  })

  it('is left alone for a while after a failure', async () => {
    const push = await pushed()
    only('refs', (_, response) => response.writeHead(500).end())
    await push.repository.fetch(main, never)
    const asked = front.asked.length
    front.fault = undefined
    await push.repository.fetch(main, never)
    expect(front.asked.length).toBe(asked)
    expect(reports.map(({ because }) => because)).toEqual(['status', 'paused'])
    expect(reports[0]).toMatchObject({ failure: 'the host answered 500' })
  })
})

const capabilities = (...lines: string[]) => Buffer.concat([...['version 2', ...lines].map(line), Buffer.from('0000')])

/** Writes until the other side has had enough. */
async function flood(response: ServerResponse, piece: Buffer, first: Buffer = Buffer.alloc(0)): Promise<void> {
  response.on('error', () => undefined).write(first)
  while (!response.destroyed) await new Promise<void>((resolve) => response.write(piece, () => resolve()))
}

/** The begin of a pack with one blob that says it has 1 GB. */
function endlessBlob(): Buffer {
  const header = [0x50, 0x41, 0x43, 0x4b, 0, 0, 0, 2, 0, 0, 0, 1]
  return Buffer.concat([beforePack, band(1, Buffer.from([...header, 0xb0, 0x80, 0x80, 0x80, 0x20, 0x78, 0x01]))])
}

/** Of a zlib stream: 50,000 bytes as they are, and more to come. */
function storedBlock(): Buffer {
  return Buffer.concat([Buffer.from([0, 0x50, 0xc3, 0xaf, 0x3c]), Buffer.alloc(50_000)])
}

/** Puts objects into every repository of the cache, as a fetch leaves them that broke off. */
async function putObject(root: string, pack: Buffer): Promise<void> {
  const { stdout } = await run('ls', [root])
  for (const name of stdout.split('\n').filter((entry) => entry.endsWith('.git'))) {
    const child = spawn('git', ['unpack-objects', '-q'], { cwd: join(root, name), stdio: ['pipe', 'ignore', 'inherit'] })
    child.stdin.end(pack)
    await eventually(() => child.exitCode === 0)
  }
}
