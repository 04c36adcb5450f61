import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeSet } from '../support/admin-api.js'
import { expectUnharmed } from '../support/attack.js'
import { type Chain, startChain } from '../support/chain.js'

/** A million files: a hundred folders of a hundred folders of a hundred files. */
const EACH = 100
const MOST_MORE_KB = 250 * 1024
const MAIN = 'refs/heads/main'
let chain: Chain

beforeAll(async () => {
  chain = await startChain({ name: 'large', pollInterval: '1h' })
  await chain.repository.commitFiles('main', { 'configs/app.yaml': 'files: few\n' })
  await chain.eventuallyEverywhere({ files: 'few' })
}, 120_000)
afterAll(() => chain?.[Symbol.asyncDispose]())

const git = (args: readonly string[], input = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn('git', args, { cwd: chain.repository.dir, stdio: ['pipe', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (part: Buffer) => (output += part.toString()))
    child.once('close', (code) => (code === 0 ? resolve(output.trim()) : reject(new Error(`git ${args[0]} ended with ${code}`))))
    child.stdin.on('error', () => undefined).end(input)
  })
const tree = (lines: readonly string[]) => git(['mktree'], `${lines.join('\n')}\n`)
const many = (kind: string, id: string) => Array.from({ length: EACH }, (_, index) => `${kind} ${id}\tn${String(index).padStart(3, '0')}`)

/** A million files beside those of the head, in four objects. */
async function growBesides(settings: string | undefined): Promise<void> {
  const leaf = await tree(many('100644 blob', await git(['hash-object', '-w', '--stdin'], 'a: 1\n')))
  const million = await tree(many('040000 tree', await tree(many('040000 tree', leaf))))
  const file = await git(['hash-object', '-w', '--stdin'], 'files: many\n')
  const configs = await tree([`100644 blob ${file}\tapp.yaml`])
  const own = settings === undefined ? [] : [`100644 blob ${await git(['hash-object', '-w', '--stdin'], settings)}\tvartrack.json`]
  const root = await tree([`040000 tree ${configs}\tconfigs`, `040000 tree ${million}\tmillion`, ...own])
  const parent = (await chain.repository.head(MAIN)) ?? ''
  const author = ['-c', 'user.name=x', '-c', 'user.email=x@host.test']
  await chain.repository.setRef(MAIN, await git([...author, 'commit-tree', root, '-p', parent, '-m', 'A million files']))
}

const memoryKb = async (): Promise<number> =>
  Number(/^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${chain.varTrack.process.pid}/status`, 'utf8'))?.[1])

describe('a repository of a million files', () => {
  it('has the file that a rule names written as from any other', async () => {
    const before = await memoryKb()
    await growBesides(undefined)
    await chain.eventuallyEverywhere({ files: 'many' })
    expect((await memoryKb()) - before).toBeLessThan(MOST_MORE_KB)
  })

  it('is refused, with what to do, when every file of it would have to be looked at; nothing is written, and memory stays', async () => {
    const before = await memoryKb()
    await growBesides('{"file_name": "**/app.yaml"}')
    const started = performance.now()
    const { error } = await changeSet(chain.varTrack, ({ state }) => state === 'refused')
    expect(error).toMatchObject({ code: 'git.tree_too_large', remedy: expect.stringContaining('folder') })
    expect(performance.now() - started).toBeLessThan(10_000)
    expect((await memoryKb()) - before).toBeLessThan(MOST_MORE_KB)
    await chain.eventuallyEverywhere({ files: 'many' })
  })

  it('leaves varTrack as it was', async () => {
    await chain.repository.commitFiles('main', { 'configs/app.yaml': 'files: few\n' }, 'few', { parent: null })
    await chain.eventuallyEverywhere({ files: 'few' })
    await expectUnharmed(chain)
  })
})
