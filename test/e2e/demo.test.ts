import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bundleText } from '../demo/bundle.js'
import { PORTS } from '../demo/stage.js'
import { spawnNode } from '../support/processes.js'
import { repositoryRoot } from '../support/repository-root.js'
import { temporaryDirectory } from '../support/temporary-directory.js'

const DEMO = join(repositoryRoot(), 'test/dist/demo/main.js')

/** From the start of the demo to its end, in ms: what is promised. */
const PROMISED_MS = 60_000

describe('the demo without a person', () => {
  it('shows push, drift, healing and refusal in every store, in time, and leaves nothing behind', async () => {
    await using temporary = await temporaryDirectory('demo')
    const demo = spawnNode(DEMO, { TMPDIR: temporary.path }, ['--check'])
    const started = performance.now()
    await demo.waitFor(/^Ending everything/m, PROMISED_MS)
    const { code } = await demo.exited
    const output = demo.output()
    expect(performance.now() - started).toBeLessThan(PROMISED_MS)
    expect(output).not.toContain('FAILED')
    expect(code).toBe(0)
    for (const store of ['redis', 'mongo', 'zookeeper']) {
      expect(output).toMatch(new RegExp(`^ok +first push: in ${store} +\\d+ `, 'm'))
      expect(output).toMatch(new RegExp(`^ok +second push: in ${store} +\\d+ `, 'm'))
      expect(output).toMatch(new RegExp(`^ok +tampering: healed in ${store} +\\d+ `, 'm'))
      expect(output).toMatch(new RegExp(`^ok +broken file: ${store} unharmed`, 'm'))
    }
    expect(output).toMatch(/^ok +broken file: refused +\d+ +configs\/app\.yaml:\d+:\d+$/m)
    expect(await readdir(temporary.path)).toEqual([])
  })

  it('ends everything when it is told to end, and nothing stays behind', async () => {
    await using temporary = await temporaryDirectory('demo')
    const demo = spawnNode(DEMO, { TMPDIR: temporary.path }, ['--check'])
    await demo.waitFor(/The first push/, 30_000)
    demo.kill('SIGINT')
    await demo.waitFor(/^Ending everything/m)
    await demo.exited
    expect(await readdir(temporary.path)).toEqual([])
  })

  it('says how it is used when it is asked for something else', async () => {
    const demo = spawnNode(DEMO, {}, ['--chek'])
    expect((await demo.exited).code).toBe(2)
  })
})

describe('README', () => {
  it('shows the bundle of the demo, word for word, without its comments', async () => {
    const readme = await readFile(join(repositoryRoot(), 'README.md'), 'utf8')
    expect(readme).toContain(`\`\`\`cue\n${withoutComments(usualBundle())}\`\`\``)
  })
})

function usualBundle(): string {
  const servers = {
    redis: { port: PORTS.redis },
    mongo: { url: `mongodb://127.0.0.1:${PORTS.mongo}/` },
    zookeeper: { url: `127.0.0.1:${PORTS.zookeeper}` },
  }
  return bundleText({ gitUrl: `http://127.0.0.1:${PORTS.git}`, servers })
}

function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\s*\/\//.test(line))
    .map((line) => line.replace(/\s+\/\/ .*$/, ''))
    .join('\n')
}
