import { problemsOf, VarTrackError } from '@vartrack/errors'
import { afterAll, describe, expect, it } from 'vitest'
import { createCue } from './index.js'

const cue = createCue()
afterAll(() => cue[Symbol.asyncDispose]())

describe('evaluating a bundle', () => {
  it('gives concrete JSON with numbers as they are written', async () => {
    const { json } = await cue.evaluate(
      '#Port: uint16\nbundle: {port: #Port & 8080, ratio: 1.50, big: 1e3, huge: 18446744073709551616, list: [], "a b": {}}',
      'config.cue',
    )
    expect(json).toBe('{"bundle":{"port":8080,"ratio":1.50,"big":1e3,"huge":18446744073709551616,"list":[],"a b":{}}}')
  })

  it('tells where each field and each element of a list is written', async () => {
    const { positions } = await cue.evaluate('bundle: {\n  rules: [\n    {name: "a"},\n    {name: "b", tags: ["x"]},\n  ]\n}\n', 'config.cue')
    expect(positions.get('bundle.rules')).toEqual({ line: 2, column: 3 })
    expect(positions.get('bundle.rules.1')).toEqual({ line: 4, column: 5 })
    expect(positions.get('bundle.rules.1.name')).toEqual({ line: 4, column: 6 })
    expect(positions.get('bundle.rules.1.tags.0')).toEqual({ line: 4, column: 24 })
  })

  it('resolves definitions, defaults and the standard library', async () => {
    const source = 'import "strings"\n#R: {name: string, prune: *false | bool}\nrules: [#R & {name: strings.ToLower("APP")}]'
    expect((await cue.evaluate(source, 'config.cue')).json).toBe('{"rules":[{"name":"app","prune":false}]}')
  })
})

describe('a bundle with mistakes', () => {
  it.each([
    ['broken syntax', 'a: {\nb: ]\n', 'cue.syntax', 2],
    ['a conflict', 'a: 1\na: "x"\n', 'cue.evaluation', 1],
    ['an unknown reference', '\n\na: nowhere\n', 'cue.evaluation', 3],
    ['a value that is not concrete', '\na: string\n', 'cue.incomplete', 2],
    ['an import of a module', 'import "example.com/x"\na: x.b\n', 'cue.import_refused', 1],
    ['an import that runs commands', 'import "tool/exec"\na: exec.Run\n', 'cue.import_refused', 1],
  ])('names %s with file and line', async (_, source, code, line) => {
    const error = await failureOf(source)
    expect(error.code).toBe(code)
    expect(error.place).toMatchObject({ file: 'config.cue', line })
    expect(error.place.column).toBeGreaterThan(0)
  })

  it('names a character that must not be there once', async () => {
    const error = await failureOf('a: int\n\0b: int\n')
    expect(problemsOf(error)).toMatchObject([{ code: 'cue.syntax', place: { line: 2, column: 1 } }])
  })

  it('reports all of them at once', async () => {
    const error = await failureOf('a: 1 & "x"\nb: 2 & 3\nc: {d: true & 0}\n')
    expect(problemsOf(error).map((each) => each.place.line)).toEqual([1, 2, 3])
  })
})

async function failureOf(source: string): Promise<VarTrackError> {
  const error: unknown = await cue.evaluate(source, 'config.cue').catch((thrown: unknown) => thrown)
  if (error instanceof VarTrackError) return error
  throw new Error('no VarTrackError was thrown')
}
