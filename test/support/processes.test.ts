import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { eventually } from './eventually.js'
import { spawnProcess } from './processes.js'
import { repositoryRoot } from './repository-root.js'

describe('a child process', () => {
  it('is waited for until it has said what is expected', async () => {
    await using child = spawnProcess('sh', ['-c', 'echo listening on 4711; exec sleep 60'])
    const match = await child.waitFor(/listening on (\d+)/)
    expect(match[1]).toBe('4711')
  })

  it('that ends too early is reported with its output', async () => {
    await using child = spawnProcess('sh', ['-c', 'echo no such option >&2; exit 3'])
    await expect(child.waitFor(/ready/)).rejects.toThrow('no such option')
    expect(await child.exited).toEqual({ code: 3, signal: null })
  })

  it('that cannot be started is reported', async () => {
    const child = spawnProcess('no-such-program-here', [])
    await expect(child.waitFor(/ready/)).rejects.toThrow('ENOENT')
  })

  it('is killed when it ignores the request to stop', async () => {
    const child = spawnProcess('sh', ['-c', 'trap "" TERM; echo ready; while :; do sleep 0.1; done'])
    await child.waitFor(/ready/)
    expect((await child.stop(100)).signal).toBe('SIGKILL')
  })

  it('does nothing while it is paused, and goes on when it is resumed', async () => {
    await using child = spawnProcess('sleep', ['60'])
    child.pause()
    await eventually(() => state(child.pid) === 'T')
    child.resume()
    await eventually(() => state(child.pid) !== 'T')
  })

  it('dies with its owner, and its directory goes too', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'vartrack-owned-'))
    const owner = spawnProcess(process.execPath, ['--input-type=module', '--eval', OWNER, directory])
    const pid = Number((await owner.waitFor(/owns (\d+)/))[1])
    expect(state(pid)).toBeDefined()
    owner.kill('SIGKILL')
    await eventually(() => state(pid) === undefined && !existsSync(directory))
  })
})

/** A program that starts a child and waits; its argument is the child's directory. */
const OWNER = `
  import { spawnProcess } from '${join(repositoryRoot(), 'test', 'dist', 'support', 'processes.js')}'
  const child = spawnProcess('sleep', ['60'], { directory: process.argv[1] })
  console.log('owns ' + child.pid)
  setInterval(() => {}, 60_000)
`

/** The letter of the process's state (`T`: stopped), `undefined` when there is no such process. */
function state(pid: number): string | undefined {
  const file = `/proc/${pid}/status`
  return existsSync(file) ? /^State:\s+(\w)/m.exec(readFileSync(file, 'utf8'))?.[1] : undefined
}
