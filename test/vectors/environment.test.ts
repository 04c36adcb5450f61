import { readFileSync } from 'node:fs'
import { type RefEvent, resolveEnvironment } from '@vartrack/engine'
import { describe, expect, it } from 'vitest'

interface Case {
  readonly name: string
  readonly rule: Record<string, unknown>
  readonly event: RefEvent
  readonly expect: string | null | { readonly plan_for: string }
}

const cases = JSON.parse(readFileSync(new URL('../fixtures/vectors/environment.json', import.meta.url), 'utf8')) as Case[]

describe('the environment of an event', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const environment = resolveEnvironment(settingsOf(one.rule), one.event)
    const answer = environment?.planOnly ? { plan_for: environment.name } : (environment?.name ?? null)
    expect(answer).toEqual(one.expect)
  })

  it('does not take an inherited name of an object for a mapped branch', () => {
    expect(resolveEnvironment(settingsOf({}), { kind: 'push', ref: 'refs/heads/constructor' })).toEqual({ name: 'default', planOnly: false })
  })

  it('takes no ref for a branch that is none: the head of a pull request never lands in the default environment', () => {
    expect(resolveEnvironment(settingsOf({ env_as_branch: true }), { kind: 'push', ref: 'refs/pull/42/head' })).toBeNull()
  })
})

function settingsOf(rule: Record<string, unknown>) {
  return {
    branchMap: (rule.branch_map ?? {}) as Record<string, string>,
    filePathMap: (rule.file_path_map ?? {}) as Record<string, string>,
    envAsBranch: rule.env_as_branch === true,
    envAsPr: rule.env_as_pr === true,
    envAsTags: rule.env_as_tags === true,
  }
}
