import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectUnharmed } from '../support/attack.js'
import { eventually } from '../support/eventually.js'
import type { HostedRepository } from '../support/git-host.js'
import { type HostileChain, startHostileChain } from './hostile-chain.js'

const ENDLESS = `import "list"
_n: list.Range(0, 1000, 1)
_x: [for a in _n for b in _n for c in _n if a+b+c < 0 {a}]
#Config: {a: len(_x), ...}
`
const EXPLODING = `a0: "xxxxxxxxxxxxxxxx"
${Array.from({ length: 40 }, (_, index) => `a${index + 1}: a${index} + a${index}`).join('\n')}
#Config: {a: a40, ...}
`
const SOUND = '#Config: {a?: string, ...}\n'
/** Longer than CUE's own limit of time and the reading of a registry together. */
const LONG_MS = 30_000

let hostile: HostileChain
let registry: HostedRepository
let governed: HostedRepository

beforeAll(async () => {
  hostile = await startHostileChain('schemas', 'schema_registry: {platform: "github", repo: "rules/cue"}')
  registry = await hostile.chain.host.createRepository('rules/cue')
}, 120_000)
afterAll(() => hostile?.[Symbol.asyncDispose]())

/** Pushes a schema, and waits until it governs. */
async function teach(schema: string): Promise<void> {
  const version = await registry.commitFiles('main', { 'default.cue': schema })
  const read = () => hostile.chain.varTrack.log().some((line) => line.version === version && line.msg.startsWith('the schema registry changed'))
  await eventually(read, { timeoutMs: LONG_MS, everyMs: 100 })
}

describe('a schema that nobody should evaluate', () => {
  it.each<[string, string, RegExp]>([
    ['an import of a module', 'import "example.com/evil"\n#Config: {a: evil.x}\n', /^cue\.import_refused rules\/cue\/default\.cue:1:\d+$/],
    ['an import that runs commands', 'import "tool/exec"\n#Config: {a: exec.Run}\n', /^cue\.import_refused rules\/cue\/default\.cue:1:\d+$/],
    ['an import that reads files', 'import "tool/file"\n#Config: {a: file.Read}\n', /^cue\.import_refused rules\/cue\/default\.cue:1:\d+$/],
    ['a file to embed', '@extern(embed)\n#Config: {a: _ @embed(file="/etc/passwd")}\n', /^cue\.\w+ rules\/cue\/default\.cue/],
    ['no end', ENDLESS, /^cue\.(timeout|memory) rules\/cue\/default\.cue$/],
    ['values that eat memory', EXPLODING, /^cue\.(timeout|memory) rules\/cue\/default\.cue$/],
    ['parentheses 100,000 deep', `#Config: {a: ${'('.repeat(100_000)}1${')'.repeat(100_000)}}\n`, /^cue\.too_deep rules\/cue\/default\.cue/],
    ['10 MB', `#Config: {a: "${'x'.repeat(10_000_000)}"}\n`, /^cue\.too_large rules\/cue\/default\.cue$/],
    ['no CUE', '#Config: {a: \n', /^cue\.syntax rules\/cue\/default\.cue:\d+:\d+$/],
  ])(
    'refuses what it governs, at its place, with nothing written: %s',
    async (_, schema, expected) => {
      await teach(schema)
      governed = await hostile.newRepository()
      await governed.commitFiles('main', { 'configs/app.yaml': 'a: 1x\n' })
      expect(await hostile.refusalOf(governed)).toMatch(expected)
      expect(await hostile.placesOf(governed)).toEqual([])
      expect((await fetch(`${hostile.chain.varTrack.adminUrl}/health/liveness`)).status).toBe(200)
      await teach(SOUND)
      await hostile.arrives(governed)
    },
    2 * LONG_MS,
  )

  it('leaves varTrack as it was', () => expectUnharmed(hostile.chain))
})
