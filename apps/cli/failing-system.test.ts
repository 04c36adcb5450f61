import { execFileSync, type StdioOptions, spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openVtWorkshop, type VtWorkshop, vt } from '../../test/support/run-vt.js'
import { readInput } from './read-input.js'

let workshop: VtWorkshop

beforeAll(async () => {
  workshop = await openVtWorkshop()
})
afterAll(() => workshop[Symbol.asyncDispose]())

/** The built program as a process of its own, its output where a shell would have sent it. */
function spawned(args: readonly string[], stdio: StdioOptions = 'pipe') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'dist', 'main.js'), ...args], { stdio, encoding: 'utf8' })
  return { status, stdout, stderr }
}

describe.skipIf(process.platform !== 'linux')('vt where the system fails', () => {
  it('gives its line to a file that fails while it is read, and goes on', async () => {
    const { status, stdout, stderr } = spawned(['compile', '/proc/self/mem', await workshop.file('next.json', '{"a": 1}'), '--json'])
    const lines = stdout.trimEnd().split('\n')
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { error: expect.objectContaining({ code: 'cli.unreadable', file: '/proc/self/mem' }) },
      expect.objectContaining({ entries: { a: ['integer', '1'] } }),
    ])
  })

  it('refuses a file that says it is empty and is not, when it comes to the limit', async () => {
    await expect(readInput('/proc/self/maps', 'file', 1000)).rejects.toMatchObject({ code: 'limit.bytes' })
    expect(await readInput('/proc/sys/kernel/ostype', 'file', 6)).toEqual(Buffer.from('Linux\n'))
  })

  it.each([[['compile', '--json']], [['compile']], [['version']], [['--help']]])('says in one line that nothing can be written: %j', async (args) => {
    const full = openSync('/dev/full', 'w')
    const files = args[0] === 'compile' ? [await workshop.file('full.json', '{"a": 1}')] : []
    const { status, stderr } = spawned([...args, ...files], ['ignore', full, 'pipe'])
    expect(status).toBe(1)
    expect(stderr).toMatch(/^error: The output cannot be written: no space is left\. .* \[cli\.unwritable\]\n$/m)
    expect(stderr).not.toMatch(/^ +at /m)
    expect(spawned([...args, ...files], ['ignore', full, full])).toMatchObject({ status: 1 })
    closeSync(full)
  })
})

describe('vt with a pipe in place of a file', () => {
  it('refuses it at once, although nobody writes into it', async () => {
    const pipe = join(workshop.folder, 'pipe.yaml')
    execFileSync('mkfifo', [pipe])
    expect(await vt('compile', pipe)).toMatchObject({ code: 1, err: expect.stringContaining('it is no regular file') })
  })
})
