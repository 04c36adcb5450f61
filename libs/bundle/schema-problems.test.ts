import { Duration, SecretReference } from '@vartrack/sink-kit'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { problemsOf } from './schema-problems.js'

const Options = z
  .strictObject({
    hosts: z.array(z.string()).optional(),
    mode: z.enum(['ONE', 'MANY']).optional(),
    ephemeral: z.literal(false, 'nothing would last').optional(),
    nested: z
      .record(z.string(), z.union([z.boolean(), z.strictObject({ wait: Duration.optional(), password: SecretReference.optional() })]))
      .optional(),
  })
  .superRefine((options, context) => {
    if (options.mode === 'MANY' && !options.hosts) context.addIssue({ code: 'custom', path: ['hosts'], message: 'MANY needs the hosts' })
  })

function problems(raw: unknown): string[] {
  const issues = Options.safeParse(raw).error?.issues ?? []
  return problemsOf(issues, { schema: Options, raw, path: ['bundle', 'datasources', 0] }).map(
    ({ code, message, remedy }) => `${message} ${remedy} [${code}]`,
  )
}

describe('what a schema finds, as the operator reads it', () => {
  it.each([
    [{ mode: 'FEW' }, 'datasources[0].mode must be "ONE" or "MANY". Write one of these. [bundle.bad_value]'],
    [{ mode: 'MANY' }, 'datasources[0].hosts MANY needs the hosts. Correct it. [bundle.bad_value]'],
    [{ hosts: 'a' }, 'datasources[0].hosts must be a list, and is a string. Correct it. [bundle.wrong_type]'],
    [{ hosts: null }, 'datasources[0].hosts must be a list, and is null. Correct it. [bundle.wrong_type]'],
    [{ ephemeral: true }, 'datasources[0].ephemeral must be false: nothing would last. Write that, or leave it out. [bundle.bad_value]'],
    [{ host: 'a' }, 'datasources[0].host is no field that varTrack knows. Did you mean "hosts"? [bundle.unknown_field]'],
    [{ nested: { a: 5 } }, 'datasources[0].nested.a must be a boolean or a map, and is a number. Correct it. [bundle.wrong_type]'],
    [{ nested: { a: { wiat: '1s' } } }, 'datasources[0].nested.a.wiat is no field that varTrack knows. Did you mean "wait"? [bundle.unknown_field]'],
  ])('%j', (raw, line) => {
    expect(problems(raw)).toEqual([line])
  })

  it('speaks of a credential and a duration as such, wherever they lie, and never quotes a credential', () => {
    expect(problems({ nested: { a: { wait: 'soon', password: ['canary'] } } })).toEqual([
      expect.stringMatching(/nested\.a\.wait is no duration: "soon"\. .* \[bundle\.bad_duration\]$/),
      expect.stringMatching(/nested\.a\.password is no credential\. .* \[bundle\.bad_credential\]$/),
    ])
  })

  it('says nothing of what is right', () => {
    expect(problems({ hosts: ['a'], mode: 'MANY', nested: { a: true, b: { wait: '5s', password: { env: 'X' } } } })).toEqual([])
  })
})
