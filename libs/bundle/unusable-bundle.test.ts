import { type Cue, createCue } from '@vartrack/cuelang-wasm'
import { describeError, problemsOf } from '@vartrack/errors'
import { sinks } from '@vartrack/sinks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleWith, refusal } from '../../test/support/refused-bundle.js'
import { loadBundle } from './load-bundle.js'

let cue: Cue
beforeAll(() => {
  cue = createCue()
})
afterAll(() => cue[Symbol.asyncDispose]())

const someRemedy: unknown = expect.stringMatching(/\w/)

function secretOf(secret: string): string {
  return `bundle: platforms: [{github: {endpoint: "https://x.y", secret: ${secret}}}]`
}

describe('a bundle with many faults', () => {
  const source = `bundle: {
  platforms: [{github: {endpoint: "https://x.y", secret: 5, tmeout: "5s"}}]
  datasources: [{redis: {tag: "a", port: "x"}}]
  rules: [{
    platform: "githb", datasource: "redis-b", file_name: "a[", brach_map: {},
    poll_interval: "soon", destination_template: "{env}/{region}"
  }]
  auth: {tokens: [{name: "x"}]}
}`

  it('names all of them at once, in the order of the file, with what to do', async () => {
    expect(problemsOf(await refusal(source, cue)).map(describeError)).toEqual([
      expect.stringMatching(/^config\.cue:2:\d+: platforms\[0\]\.github\.secret .* \[bundle\.bad_credential\]$/),
      expect.stringMatching(/^config\.cue:2:\d+: .*tmeout.* Did you mean "timeout"\? \[bundle\.unknown_field\]$/),
      expect.stringMatching(/^config\.cue:3:\d+: .*port must be a number, and is a string\. .* \[bundle\.wrong_type\]$/),
      expect.stringMatching(/^config\.cue:5:5: .* Did you mean "github"\? \[bundle\.unknown_platform\]$/),
      expect.stringMatching(/^config\.cue:5:\d+: .* Did you mean "redis-a"\? \[bundle\.unknown_datasource\]$/),
      expect.stringMatching(/^config\.cue:5:\d+: .* \[bundle\.bad_glob\]$/),
      expect.stringMatching(/^config\.cue:5:\d+: .* Did you mean "branch_map"\? \[bundle\.unknown_field\]$/),
      expect.stringMatching(/^config\.cue:6:5: .* \[bundle\.bad_duration\]$/),
      expect.stringMatching(/^config\.cue:6:\d+: .* \[template\.unknown_placeholder\]$/),
      expect.stringMatching(/^config\.cue:6:\d+: .* \[bundle\.template_env_unresolvable\]$/),
      expect.stringMatching(/^config\.cue:8:\d+: .*sha256 is missing.* \[bundle\.missing_field\]$/),
    ])
  })

  it('tells how many there are', async () => {
    expect((await refusal(source, cue)).message).toBe('config.cue has 11 problems.')
  })
})

describe('a number that cannot be used', () => {
  it.each([
    ['max_webhook_body_bytes: 1e400', 'max_webhook_body_bytes is a number that is too large.'],
    ['limits: {max_keys: 9007199254740993}', 'limits.max_keys is a number that is too large.'],
    ['limits: {max_depth: 1.5}', 'limits.max_depth must be a whole number, and is a number with a fraction.'],
  ])('is told as what it is: %s', async (part, message) => {
    expect((await refusal(bundleWith(part), cue)).others).toMatchObject([{ message }])
  })
})

describe('a file that is no bundle', () => {
  it('is refused where its bytes are no UTF-8: in a password nobody would see what was put in their place', async () => {
    const source = 'bundle: {\n  datasources: [{redis: {password: "p\u00e4\u00ffw"}}]\n}'
    const error = await refusal(Buffer.concat([Buffer.from('// \u00e9\ufffd\n'), Buffer.from(source, 'latin1')]), cue)
    expect(error).toMatchObject({ code: 'bundle.invalid', others: [{ code: 'bundle.bad_encoding', remedy: someRemedy }] })
    expect(error.others[0]?.place).toEqual({ file: 'config.cue', line: 3, column: 38 })
    expect((await refusal(Buffer.from('\ufeff\u00e9: \xff'.replace('\ufeff', '\xef\xbb\xbf'), 'latin1'), cue)).place).toMatchObject({
      line: 1,
      column: 1,
    })
    await expect(loadBundle(Buffer.from(`\ufeffbundle: tenant: "\u00e9\ufffd"`), 'config.cue', { cue, sinks })).resolves.toMatchObject({
      tenant: '\u00e9\ufffd',
    })
  })

  it.each([
    ['no CUE', 'bundle: {', 'cue.syntax'],
    ['a contradiction', 'bundle: {tenant: "a"}\nbundle: {tenant: "b"}', 'cue.evaluation'],
    ['a field left open', 'bundle: {tenant: string}', 'cue.incomplete'],
    ['empty', '', 'bundle.missing_field'],
    ['a list', 'bundle: []', 'bundle.missing_field'],
  ])('is refused: %s', async (_what, source, code) => {
    const error = await refusal(source, cue)
    expect(error.code).toBe('bundle.invalid')
    expect(error.others[0]).toMatchObject({
      code,
      remedy: someRemedy,
      place: { file: 'config.cue', line: expect.any(Number), column: expect.any(Number) },
    })
  })

  it.each([
    ['of a secret', `${secretOf('"canary-one"')}\n${secretOf('"canary-two"')}`],
    ['of a hidden field', `_s: "canary-one"\n_s: "canary-two"\n${secretOf('_s')}`],
  ])('does not quote values %s that contradict one another', async (_what, source) => {
    const error = await refusal(source, cue)
    expect(problemsOf(error).map(describeError).join('\n')).toMatch(/^config\.cue:\d+:\d+: .*: conflicting values .*\. .* \[cue\.evaluation\]$/m)
    expect(JSON.stringify([error, error.others, error.cause])).not.toContain('canary')
  })
})
