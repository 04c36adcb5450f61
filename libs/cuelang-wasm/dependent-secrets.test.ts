import { afterAll, describe, expect, it } from 'vitest'
import { createCue } from './index.js'

const cue = createCue()
afterAll(() => cue[Symbol.asyncDispose]())

const CANARY = 'HUNTER2canaryXYZ'
const SCHEMA = `import "strings"
#Config: {
  pw: string @secret()
  let Loud = strings.ToUpper(pw)
  #quiet: strings.ToLower(pw)
  url: "u:\\(pw):end", cat: "x" + pw, loud: "x" + Loud, quiet: "u:" + #quiet, first: strings.Split(pw, "c")[0]
  if pw != "" {starts: "with\\(pw)"}
}`
const WRONG = { url: 'o', cat: 'o', loud: 'o', quiet: 'o', first: 'o', starts: 'o' }

describe('a field that the schema makes of a secret', () => {
  it.each([
    ['lines, as in a key', `-----BEGIN KEY-----\n${CANARY}\n-----END KEY-----\n`],
    ['two spaces', `hh  ${CANARY}   bb`],
    ['spaces that do not break', `hh\u00a0${CANARY}\u3000bb`],
    ['control characters', `hh\u0007${CANARY}\u000bbb\u007f`],
    ['separators that nobody sees', `hh${CANARY}\u2028bb\u200b\ufeff`],
    ['characters beyond the first plane', `hh😀${CANARY}\u{e0001}\u{10ffff}`],
    ['quotes and backslashes', `h"\\${CANARY}\\(x)"`],
    ['capitals', CANARY],
    ['three letters', 'hqj'],
  ])('is told without the value, which holds %s', async (_, pw) => {
    const found = await validate(SCHEMA, { pw, ...WRONG })
    expect(found.violations.map(({ field, expected }) => [field, expected])).toEqual([
      ['cat', '"x" + pw'],
      ['first', 'strings.Split(pw, "c")[0]'],
      ['loud', '"x" + Loud'],
      ['quiet', '"u:" + #quiet'],
      ['starts', 'another value'],
      ['url', '"u:\\(pw):end"'],
    ])
    expect(JSON.stringify(found)).not.toMatch(/hunter2|canary|BEGIN|hqj/i)
  })

  it('is told without a number in any spelling', async () => {
    const schema = '#Config: {pin: number @secret(), p: pin + 0, q: pin * 10, s: "\\(pin)"}'
    const found = await validate(schema, '{"pin": 1.23456789e3, "p": 1, "q": 2, "s": "x"}')
    expect(found.violations.map(({ expected }) => expected)).toEqual(['pin + 0', 'pin * 10', '"\\(pin)"'])
  })

  it('is told without what the schema has for a secret that the data leaves out', async () => {
    const schema = `#Config: {pw: string | *"${CANARY}" @secret(), url: "u:\\(pw):end"}`
    expect(JSON.stringify(await validate(schema, { url: 'o' }))).not.toContain(CANARY)
    expect(JSON.stringify(await validate(schema, { pw: 'other', url: 'o' }))).not.toContain(CANARY)
  })

  it('is told without the value in an alternative', async () => {
    const schema = '#Config: {pw: string @secret(), src: {kind: "a", url: "u:\\(pw)", n: int} | {kind: "b"}}'
    const found = await validate(schema, { pw: CANARY, src: { kind: 'a', url: 'o', n: 'x' } })
    expect(found.violations.map(({ field }) => field)).toContain('src.n')
    expect(JSON.stringify(found)).not.toContain(CANARY)
  })
})

describe('a secret in the name of a field', () => {
  it.each([
    ['below an open name', '#Config: {m: [string]: int, pw: string @secret()}', { m: { [`k${CANARY}`]: 'x' }, pw: CANARY }, ['m.***']],
    ['made by the schema', '#Config: {pw: string @secret(), (pw): int}', { pw: CANARY, [CANARY]: 'x' }, ['***']],
    [
      'made by the schema in other letters, and missing',
      'import "strings"\n#Config: {pw: string @secret(), (strings.ToLower(pw)): int}',
      { pw: CANARY },
      ['***'],
    ],
  ])('is masked %s', async (_, schema, data, fields) => {
    const found = await validate(schema, data)
    expect(found.violations.map(({ field }) => field)).toEqual(fields)
    expect(JSON.stringify(found)).not.toMatch(/hunter2|canary/i)
  })
})

function validate(schema: string, data: object | string) {
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  return cue.validate({ schema, schemaFile: 'app.cue', data: text, dataFile: 'app.yaml' })
}
