import { VarTrackError } from '@vartrack/errors'
import { describe, expect, it } from 'vitest'
import { sampleBundle } from '../../test/support/samples.js'
import type { PlannerContext } from './context.js'
import type { ReadHead } from './head.js'
import type { PlanRun } from './plan-run.js'
import { effectiveRules } from './settings.js'

const [sample] = sampleBundle.rules
const head = { commit: 'c1', changes: { paths: new Set<string>(), rewritten: false } } as unknown as ReadHead
const rules = Array.from({ length: 3 }, (_, index) => ({ ...sample, name: `r${index}`, overridable: ['branch_map', 'variables_map'] }))

/** A plan of the default branch, whose vartrack.json is this; the limits are kept as Git keeps them. */
function planWith(content: string, maxFileBytes = 10_485_760): { readonly run: PlanRun; readonly reads: number[]; readonly lines: string[] } {
  const reads: number[] = []
  const lines: string[] = []
  const repository = {
    tree: async () => [{ path: 'vartrack.json', kind: 'file', blob: 'b1' }],
    blob: async (_id: string, mostBytes: number) => {
      reads.push(mostBytes)
      if (content.length > mostBytes) throw new VarTrackError({ code: 'git.blob_too_large', message: 'too large' })
      return Buffer.from(content)
    },
  }
  const job = { repo: 'acme/app', ref: 'refs/heads/main', defaultBranch: 'main' }
  const context = {
    bundle: () => ({ ...sampleBundle, limits: { ...sampleBundle.limits, maxFileBytes } }),
    log: { warn: (_: unknown, line: string) => void lines.push(line) },
  }
  const run = { job, repository, context: context as unknown as PlannerContext, signal: AbortSignal.timeout(30_000) }
  return { run: run as unknown as PlanRun, reads, lines }
}

describe('the vartrack.json of a repository', () => {
  it('is read and checked once for all rules', async () => {
    const { run, reads } = planWith('{"branch_map": {"main": "production"}, "variables_map": {"a": 1.10}}', 10_485_760)
    const effective = await effectiveRules(run, rules as never, head)
    expect(reads).toHaveLength(1)
    expect(effective.rules.map((rule) => rule.variablesMap)).toEqual([{ a: '1.10' }, { a: '1.10' }, { a: '1.10' }])
    expect(effective.rules[2]?.branchMap).toBe(effective.rules[0]?.branchMap)
  })

  it.each([
    [10_485_760, 65_536],
    [1_000, 1_000],
  ])('is not read at all beyond its limit: files may have %i bytes, it %i', async (maxFileBytes, mostBytes) => {
    const { run, reads } = planWith(`{"x": "${'x'.repeat(mostBytes)}"}`, maxFileBytes)
    await expect(effectiveRules(run, rules as never, head)).rejects.toMatchObject({
      code: 'limit.bytes',
      message: `vartrack.json has more than ${mostBytes} bytes.`,
      place: { file: 'vartrack.json' },
    })
    expect(reads).toEqual([mostBytes])
  })

  it('has each of its wrong values logged with its place, once', async () => {
    const { run, lines } = planWith('{"sync_mode": "FAST",\n "prune": {"scop": 1}}')
    const all = rules.map((rule) => ({ ...rule, overridable: ['sync_mode', 'prune'] }))
    await expect(effectiveRules(run, all as never, head)).rejects.toMatchObject({ message: 'vartrack.json has 2 problems.' })
    expect(lines).toEqual([
      expect.stringMatching(/^vartrack\.json:1:15: sync_mode must be /),
      expect.stringMatching(/^vartrack\.json:2:12: prune\.scop is no field /),
    ])
  })

  it('has the keys logged that it may not set', async () => {
    const { run, lines } = planWith('{"datasource": "redis", "branch_map": {}, "self_heal": true}')
    await effectiveRules(run, rules.slice(0, 1) as never, head)
    expect(lines).toEqual(['vartrack.json sets what it may not; ignored: datasource, self_heal'])
  })
})
