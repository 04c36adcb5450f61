import type { Random } from './random.js'

/** Longest input: a mistake that needs more is found by the bombs of the other tests. */
const MAX_BYTES = 4096
const MOST_STEPS = 6

/** Bytes and texts that many languages give a meaning. */
const COMMON = [
  '\0',
  '\n',
  '\r\n',
  '\r',
  '\t',
  ' ',
  '"',
  "'",
  '\\',
  '`',
  '#',
  '$',
  '%',
  '&',
  '*',
  '-',
  '=',
  ':',
  ',',
  '.',
  ';',
  '!',
  '?',
  '|',
  '>',
  '<',
  '@',
  '~',
].concat(
  [
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    '/*',
    '*/',
    '//',
    '${',
    '\ufeff',
    '\u2028',
    '\u0085',
    '\u00a0',
    'é',
    '😀',
    '__proto__',
    '0',
    '-0',
    '1e400',
    '0x1F',
    '9007199254740993',
  ],
  ['\\u0000', '\\ud800', '\\x', '\\U0010ffff', 'null', 'true', '1979-05-27', '....', '\n\n\n', '  ', 'a'.repeat(100)],
)
const BROKEN = [
  Buffer.from([0xff, 0xfe]),
  Buffer.from([0xfe, 0xff]),
  Buffer.from([0xc3]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xf4, 0x90, 0x80, 0x80]),
]

/**
 * A new input from known ones: pieces are changed, put in, taken out, repeated, or come from another input.
 * @param words pieces of the subject's language
 */
export function mutate(corpus: readonly Buffer[], words: readonly string[], random: Random): Buffer {
  let input = random.pick(corpus)
  for (let steps = 1 + random.below(MOST_STEPS); steps > 0; steps -= 1) input = random.pick(STEPS)(input, { corpus, words, random })
  return input.subarray(0, MAX_BYTES)
}

interface Material {
  readonly corpus: readonly Buffer[]
  readonly words: readonly string[]
  readonly random: Random
}

type Step = (input: Buffer, material: Material) => Buffer

const STEPS: readonly Step[] = [
  (input, { random }) => spliced(input, random.below(input.length + 1), 1, Buffer.from([random.below(256)])),
  (input, { random }) => spliced(input, random.below(input.length + 1), 0, Buffer.from(random.pick(COMMON))),
  (input, { random, words }) => spliced(input, random.below(input.length + 1), 0, Buffer.from(random.pick(words))),
  (input, { random, words }) => spliced(input, random.below(input.length + 1), random.below(8), Buffer.from(random.pick(words))),
  (input, { random }) => spliced(input, random.below(input.length + 1), 0, random.pick(BROKEN)),
  (input, { random }) => spliced(input, random.below(input.length + 1), 1 + random.below(16), Buffer.alloc(0)),
  (input, { random }) => input.subarray(0, random.below(input.length + 1)),
  (input, { random }) => spliced(input, random.below(input.length + 1), 0, pieceOf(input, random)),
  (input, { random }) => repeated(input, 1 + random.below(40), random),
  (input, { random, corpus }) => spliced(input, random.below(input.length + 1), random.below(16), pieceOf(random.pick(corpus), random)),
]

function spliced(input: Buffer, at: number, remove: number, insert: Buffer): Buffer {
  return Buffer.concat([input.subarray(0, at), insert, input.subarray(at + remove)])
}

function pieceOf(input: Buffer, random: Random): Buffer {
  const from = random.below(input.length + 1)
  return input.subarray(from, from + 1 + random.below(64))
}

function repeated(input: Buffer, times: number, random: Random): Buffer {
  const at = random.below(input.length + 1)
  const piece = input.subarray(at, at + 1 + random.below(8))
  return spliced(input, at, 0, Buffer.concat(Array.from({ length: times }, () => piece)))
}
