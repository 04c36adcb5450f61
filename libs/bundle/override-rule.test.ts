import { describe, expect, it } from 'vitest'
import type { Rule } from './contract.js'
import { overrideRule } from './override-rule.js'

const prune = { enabled: false, scope: 'owned', last: false, dryRun: true, protection: ['SYSTEM_*'], maxDelete: 5 } as const
const rule = { name: 'app', branchMap: { main: 'production' }, dryRun: false, prune } as unknown as Rule

describe('a rule whose settings a repository overrides', () => {
  it('keeps what the repository does not set', () => {
    expect(overrideRule(rule, { dryRun: true })).toEqual({ ...rule, dryRun: true })
  })

  it('keeps the parts of prune that the repository does not set', () => {
    expect(overrideRule(rule, { prune: { enabled: true } }).prune).toEqual({ ...prune, enabled: true })
  })

  it('protects what the operator protects, and what the repository protects too', () => {
    expect(overrideRule(rule, { prune: { protection: ['readonly.*'] } }).prune.protection).toEqual(['SYSTEM_*', 'readonly.*'])
  })
})
