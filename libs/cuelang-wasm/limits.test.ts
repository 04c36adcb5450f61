import { VarTrackError } from '@vartrack/errors'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCue } from './index.js'

const cue = createCue({ memoryMb: 256 })
/** Compiles the module, which takes seconds once in a process and is no part of any limit. */
beforeAll(() => cue.evaluate('a: 1', 'config.cue'))
afterAll(() => cue[Symbol.asyncDispose]())

/** CUE's own limit of 4.5 s, and what ending its thread takes. */
const MOST_MS = 6_500
/** Ten doublings of ten: 10^9 combinations. */
const ENDLESS = `import "list"\nn: list.Range(0, 1000, 1)\na: [for x in n for y in n for z in n if x+y+z < 0 {x}]\n`
const EXPLODING = 'a0: "xxxxxxxxxxxxxxxx"\n' + Array.from({ length: 40 }, (_, index) => `a${index + 1}: a${index} + a${index}`).join('\n')

describe('input that would bring CUE down', () => {
  it.each([
    ['parentheses 100,000 deep', `a: ${'('.repeat(100_000)}1${')'.repeat(100_000)}`, ['cue.too_deep']],
    ['maps 100,000 deep', `a: ${'{b: '.repeat(100_000)}1${'}'.repeat(100_000)}`, ['cue.too_deep']],
    ['an endless chain of labels', `${'a: '.repeat(100_000)}1`, ['cue.too_deep']],
    ['an endless chain of operators', `a: 1${'+1'.repeat(100_000)}`, ['cue.too_deep']],
    ['an endless chain of minus signs', `a: ${'-'.repeat(100_000)}1`, ['cue.too_deep']],
    ['combinations without end', ENDLESS, ['cue.timeout', 'cue.memory']],
    ['values that eat memory', EXPLODING, ['cue.memory', 'cue.timeout']],
    ['a file of 10 MB', `a: "${'x'.repeat(10_000_000)}"`, ['cue.too_large']],
  ])('refuses %s within seconds, and answers the next call', async (_, source, codes) => {
    const started = performance.now()
    const error: unknown = await cue.evaluate(source, 'config.cue').catch((thrown: unknown) => thrown)
    expect(performance.now() - started).toBeLessThan(MOST_MS)
    expect(error).toBeInstanceOf(VarTrackError)
    expect(codes).toContain((error as VarTrackError).code)
    expect((error as VarTrackError).place.file).toBe('config.cue')
    expect((await cue.evaluate('a: 1', 'config.cue')).json).toBe('{"a":1}')
  })

  it('says what to do about a file that is too long', async () => {
    const refused = cue.evaluate(`a: "${'x'.repeat(5_000_000)}"`, 'config.cue')
    await expect(refused).rejects.toMatchObject({ code: 'cue.too_large', remedy: expect.stringContaining('Split the file') })
  })

  it('refuses data 2,000 deep', async () => {
    const data = `${'['.repeat(2000)}${']'.repeat(2000)}`
    await expect(cue.validate({ schema: '_', schemaFile: 'a.cue', data, dataFile: 'a.json' })).rejects.toMatchObject({
      code: 'cue.too_deep',
      place: { file: 'a.json' },
    })
  })

  it('takes what is as deep as it may be', async () => {
    const { json } = await cue.evaluate(
      `a: ${'['.repeat(400)}${']'.repeat(400)}\nb: 0${'+1'.repeat(1900)}\nc: ${'(('.repeat(200)}1${'))'.repeat(200)}`,
      'config.cue',
    )
    expect(json).toContain('"b":1900,"c":1')
  })
})

describe('a thread that runs for long', () => {
  it('holds its memory over 2,000 validations', async () => {
    const fields = Array.from({ length: 20 }, (_, index) => `f${index}: string`).join('\n')
    const data = JSON.stringify(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`f${index}`, `v${index}`])))
    const run = async (count: number) => {
      for (let index = 0; index < count; index += 1) await cue.validate({ schema: fields, schemaFile: 'a.cue', data, dataFile: 'a.json' })
      return process.memoryUsage().rss
    }
    const early = await run(300)
    expect((await run(1700)) - early).toBeLessThan(48 * 1024 * 1024)
  })

  it('answers calls in their order, each with its own outcome', async () => {
    const outcomes = await Promise.allSettled(['a: 1', 'a: ', 'a: 3'].map((source) => cue.evaluate(source, 'config.cue')))
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  it('refuses calls after it was closed', async () => {
    const closed = createCue()
    await closed[Symbol.asyncDispose]()
    await expect(closed.evaluate('a: 1', 'config.cue')).rejects.toMatchObject({ code: 'cue.closed' })
  })
})
