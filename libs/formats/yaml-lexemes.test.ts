import { describe, expect, it } from 'vitest'
import { jsonOf, refusalOf } from './testing.js'

describe('a YAML text in very many pieces', () => {
  it.each([
    ['folded lines', `a: >\n${' x\n\n'.repeat(100_001)}`, '2:1'],
    ['literal lines', `a: |\n${' x\n'.repeat(200_001)}`, '2:1'],
    ['doubled quotes', `a: '${"''".repeat(200_001)}'\n`, '1:4'],
    ['escapes', `a: "${'\\n'.repeat(200_001)}"\n`, '1:4'],
    ['lines in quotes', `a: "${'x\n '.repeat(200_001)}"\n`, '1:4'],
    ['lines without quotes', `a: ${'x\n '.repeat(200_002)}\n`, '1:4'],
  ])('is refused before it takes a hundred times its size: %s', async (_name, text, place) =>
    expect(await refusalOf('f.yaml', text)).toBe(`limit.memory ${place}`),
  )

  it('is read up to 200,000 lines and escapes, however long they are', async () => {
    const { a } = JSON.parse(await jsonOf('f.yaml', `a: |\n${` ${'x'.repeat(30)}\n`.repeat(199_999)}`))
    expect(a).toHaveLength(31 * 199_999)
  })
})
