import { describe, expect, it } from 'vitest'
import { allOrRefusals, problemsOf, VarTrackError } from './index.js'

const refusal = (file: string, code = 'format.syntax') => new VarTrackError({ code, message: 'wrong.', place: { file, line: 1, column: 2 } })

async function thrownBy(works: readonly Promise<unknown>[]): Promise<unknown> {
  return allOrRefusals(works).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
}

describe('works of which each may be refused', () => {
  it('give their results in their order, undefined among them', async () => {
    expect(await allOrRefusals([Promise.resolve(1), Promise.resolve(undefined), Promise.resolve(3)])).toEqual([1, undefined, 3])
  })

  it('are refused with all that is wrong, each told once, in the order of the works', async () => {
    const gathered = new VarTrackError({ code: 'format.syntax', message: 'two.', place: { file: 'b' }, others: [refusal('c'), refusal('a')] })
    const slow = new Promise((_, reject) => setImmediate(() => reject(refusal('a', 'env.missing'))))
    expect(
      await thrownBy([slow, Promise.resolve(1), Promise.reject(refusal('b')), Promise.reject(refusal('b')), Promise.reject(gathered)]),
    ).toMatchObject({
      code: 'env.missing',
      message: '4 problems: a, b, c.',
      place: { file: 'a', line: 1 },
      others: [{ code: 'env.missing' }, { place: { file: 'b', line: 1 } }, { place: { file: 'c' } }, { code: 'format.syntax', place: { file: 'a' } }],
    })
  })

  it('are refused by a single refusal as it is, however often it is met', async () => {
    const one = refusal('a')
    expect(await thrownBy([Promise.reject(one), Promise.reject(refusal('a'))])).toMatchObject({ message: 'wrong.', others: [] })
    expect(await thrownBy([Promise.reject(one), Promise.resolve(1)])).toBe(one)
  })

  it('end at once by what is no refusal, as it was thrown', async () => {
    const never = new Promise(() => undefined)
    const away = new VarTrackError({ code: 'git.unreachable', message: 'away', disposition: { kind: 'retry' } })
    expect(await thrownBy([never, Promise.reject(refusal('a')), Promise.reject(away)])).toBe(away)
    const plain = new Error('text')
    expect(await thrownBy([never, Promise.reject(plain)])).toBe(plain)
  })
})

describe('the problems of an error', () => {
  it('are those it gathers, or itself', () => {
    const [first, second] = [refusal('a'), refusal('b')]
    expect(problemsOf(first)).toEqual([first])
    const summary = new VarTrackError({ code: 'x', message: 'two.', place: first.place, others: [first, second] })
    expect(problemsOf(summary)).toEqual([first, second])
  })
})
