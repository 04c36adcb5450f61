import { readFileSync } from 'node:fs'
import { type DiffOptions, loadCore } from '@vartrack/core'
import { FrameWriter, records } from '@vartrack/sink-kit'
import { describe, expect, it } from 'vitest'
import { sampleCompileOptions } from '../support/samples.js'

interface Case {
  readonly name: string
  readonly patterns: readonly string[]
  readonly key: string
  readonly protected: boolean
}

const cases = JSON.parse(readFileSync(new URL('../fixtures/vectors/protection.json', import.meta.url), 'utf8')) as Case[]
const core = loadCore()
const ledgerKey = Buffer.alloc(32, 7)
/** Beside the key in question: so that a diff that deletes nothing at all cannot pass for protection. */
const OTHER = '~other'

describe('a key that left the release', () => {
  it.each(cases.map((one) => [one.protected ? 'is kept' : 'is deleted', one.name, one] as const))('%s: %s', async (_outcome, _name, one) => {
    expect(await deletedOf(one)).toEqual(one.protected ? [OTHER] : [one.key, OTHER].toSorted())
  })
  it.each(cases.map((one) => [one.protected ? 'is kept' : 'is deleted', one.name, one] as const))(
    'and was never owned, where all may be pruned, %s: %s',
    async (_outcome, _name, one) => {
      expect(await deletedOf(one, 'all')).toEqual(one.protected ? [OTHER] : [one.key, OTHER].toSorted())
    },
  )
})

async function deletedOf({ patterns, key }: Case, scope: 'owned' | 'all' = 'owned'): Promise<string[]> {
  const live = new FrameWriter('live')
  for (const name of [key, OTHER]) live.add(name, 'x')
  const ledger = scope === 'all' ? Buffer.alloc(0) : await core.ledger((await release(JSON.stringify({ [key]: 'x', [OTHER]: 'x' }))).frame, ledgerKey)
  const options: DiffOptions = {
    mode: 'repair',
    prune: { enabled: true, scope, protection: patterns, maxDelete: 100, approved: false, dryRun: false },
    ledgerKey,
    foreign: [],
    undo: false,
    report: false,
  }
  const { changes } = await core.diff((await release('{"stays": 1}')).frame, live.finish(), ledger, options)
  return [...records(changes)].filter(({ op }) => op === 'delete').map((change) => change.key.toString())
}

function release(json: string) {
  return core.compile(Buffer.from(json), 'json', sampleCompileOptions)
}
