import { describe, expect, it } from 'vitest'
import { jsonOf, refusalOf } from './testing.js'

const yaml = async (text: string) => JSON.parse(await jsonOf('f.yaml', text))
const refusal = (text: string) => refusalOf('f.yaml', text)

describe('a comment between a key and its value', () => {
  it.each([
    ['in a list', 'k:\n-\n\n# c\n  x\n- y\n', { k: ['x', 'y'] }],
    ['in a list of maps', 'k:\n- a:\n#c\n    x\n- b\n', { k: [{ a: 'x' }, 'b'] }],
    ['in a map', 'a:\n\n# c\n  x\nb: 1\n', { a: 'x', b: 1 }],
    ['behind a tab', 'k:\n-\n\t# c\n  x\n- y\n', { k: ['x', 'y'] }],
    ['after one in the line of the key', 'a: # c\n#d\n\n#e\n  x\nb: 1\n', { a: 'x', b: 1 }],
    ['below an anchor and a tag', 'a: &x !!str\n#c\n  x\nb: *x\n', { a: 'x', b: 'x' }],
    ['above a text of several lines', 'a:\n#c\n  x\n  y\nb: 1\n', { a: 'x y', b: 1 }],
    ['above a text in quotes', 'a:\n#c\n  "x\n  y"\nb: 1\n', { a: 'x y', b: 1 }],
    ['above a block', 'a:\n#c\n  |1\n  x\nb: 1\n', { a: ' x\n', b: 1 }],
    ['above a map', 'a:\n\n#c\n  x:\n#d\n    y\n  z: 1\nb: 1\n', { a: { x: 'y', z: 1 }, b: 1 }],
    ['below an explicit key', '?\n#c\n  x\n:\n#d\n  y\nb: 1\n', { x: 'y', b: 1 }],
  ])('ends no line and begins none: %s', async (_name, text, tree) => expect(await yaml(text)).toEqual(tree))

  it('does not make the lines of another key part of its value', async () => {
    expect(await refusal('a:\n#c\n  "x\ny"\nb: 1\n')).toBe('format.syntax 3:3')
  })
})

describe('an escaped line break', () => {
  it.each([
    ['"x\\\n  y"', 'xy'],
    ['"x\\\n\n  y"', 'x\ny'],
    ['"x\\\n \t\n\n  y"', 'x\n\ny'],
    ['"x \\\n\n  \\  y"', 'x \n  y'],
    ['"x\\\n\n  "', 'x\n'],
    ['"x\\\\\n\n  y"', 'x\\\ny'],
    ['"x\\\\\\\n\n  y"', 'x\\\ny'],
  ])('takes nothing with it but itself: %j', async (written, text) => {
    expect(await yaml(`a: ${written}\nb: 1\n`)).toEqual({ a: text, b: 1 })
    expect(await yaml(`a: ${written}\nb: 1\n`.replaceAll('\n', '\r\n'))).toEqual({ a: text, b: 1 })
  })

  it('in a key too', async () => expect(await yaml('? "x\\\n\n  y"\n: 1\n')).toEqual({ 'x\ny': 1 }))
})

describe('blanks at the end of a block', () => {
  it.each([
    ['|2\n    \n', '  \n'],
    ['|2\n  \n', ''],
    ['|2-\n    \n\n', '  '],
    ['|2+\n    \n\n', '  \n\n'],
    ['|2\n\n   \n\n', '\n \n'],
    ['>2\n\n   \n\n', '\n \n'],
    ['|\n    \n', ''],
    ['|2\n    z\n    \n', '  z\n  \n'],
    ['|2-\n    z\n\n    \n', '  z\n\n  '],
    ['>2\n    z\n    \n', '  z\n  \n'],
    ['|2\n    z\n  \n', '  z\n'],
  ])('are text where they are deeper than its header says: %j', async (written, text) => {
    expect(await yaml(`o: ${written}`)).toEqual({ o: text })
    expect(await yaml(`k:\n  o: ${written.replace(/\n(?= )/g, '\n  ')}b: 1\n`)).toEqual({ k: { o: text }, b: 1 })
  })
})

describe('a quote that is never closed', () => {
  it.each([
    ['before a backslash was doubled', 'dir: "C:\\\\data\\"\nname: "x"\n', '1:6'],
    ['before a quote was doubled', "a: 'x''\nb: 'y'\n", '1:4'],
    ['at the end of the file', 'a: "x\\"', '1:4'],
    ['in single quotes at the end of the file', "a: 'it''", '1:4'],
    ['of one character', "a: '", '1:4'],
    ['as a key', 'a: 1\n"b\\": 2\n', '2:1'],
    ['in a list in a line', "a: ['x'']\n", '1:5'],
    ['above another mistake', 'a: "x\\"\nb: c: d\n', '1:4'],
  ])('%s', async (_name, text, place) => expect(await refusal(text)).toBe(`format.syntax ${place}`))

  it('is told apart from one that is', async () =>
    expect(await yaml(`a: "x\\\\"\nb: '''x'''\nc: ''\nd: ""\ne: ''''\nf: "\\""\n`)).toEqual({ a: 'x\\', b: "'x'", c: '', d: '', e: "'", f: '"' }))

  it('gives way to a mistake above it', async () => expect(await refusal('a: b: c\nd: "x\\"\n')).toBe('format.syntax 1:4'))
})

describe('what is written and belongs to nothing', () => {
  it.each([
    ['a list below an explicit key', '? a\n- x\n- y\nb: 2\n', '2:1'],
    ['an empty item below an explicit key', '? a\n-\n', '2:1'],
    ['a text behind a quoted key', '? "a" b c\n: 1\n', '1:7'],
    ['a map below an explicit key', 'k:\n  ? a\n  # c\n     ? b\n', '4:6'],
    ['a colon below a text', 'c: d\n    ? e\n    : f\n', '3:5'],
    ['a colon between two columns', 'e:\n    t: |-\n   : 1\n', '3:4'],
    ['a colon behind a map in braces', 'a: {b: 1}: 2\n', '1:10'],
    ['a colon behind a list in brackets', 'a:\n  b: [1]: 2\n', '2:9'],
    ['a colon behind an anchored list', 'a: &x []:\n', '1:9'],
    ['an alias behind a quoted key', "m: &n v\n? 's' *n\n: 5\n", '2:7'],
    ['an alias below a quoted key', "m: &n v\n? 's'\n  *n\n: 5\n", '3:3'],
    ['an alias without an anchor behind a block key', '? |\n  s\n *n\n: 5\n', '3:2'],
    ['a quote below an explicit key', "? a\n- 'y\nb: 2\nc: 3\n", '2:3'],
  ])('is refused: %s', async (_name, text, place) => expect(await refusal(text)).toBe(`format.syntax ${place}`))

  it('is nothing of what YAML has', async () =>
    expect(await yaml('? a\n: - x\n? b\nc: [x: 1, {y: 2}: 3, ? z, : w]\nd: &e\nf: !!str\n: g\n'.replace('{y: 2}: 3, ', ''))).toEqual({
      a: ['x'],
      b: null,
      c: [{ x: 1 }, { z: null }, { '': 'w' }],
      d: null,
      f: '',
      '': 'g',
    }))
})
