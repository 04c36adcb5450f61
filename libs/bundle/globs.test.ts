import { array, assert, constantFrom, pre, property } from 'fast-check'
import picomatch from 'picomatch'
import { describe, expect, it } from 'vitest'
import { globFault, isLiteral, matchesAny, matchesGlob } from './globs.js'

describe('a glob', () => {
  it('matches names with a leading dot, and stars stay within one segment', () => {
    expect(matchesGlob('configs/**', 'configs/.env')).toBe(true)
    expect(matchesGlob('my-org/*', 'my-org/a/b')).toBe(false)
    expect(matchesAny(['a', 'b/*'], 'b/c')).toBe(true)
    expect(matchesAny([], 'b')).toBe(false)
  })

  it.each(['configs/{a,b}/**', '**/*-*-*/*.y*ml', '*.y?(a)ml', '[a-c]*', '!(legacy)-*', '@(a|b)', 'a\\[b', '*a*a*a*a*b', '**/a/**/b/**/c/**/d'])(
    'may be %s',
    (glob) => {
      expect(globFault(glob)).toBeUndefined()
    },
  )

  it.each(['configs/app.yaml', 'a+b@2,c|d.yaml', '.env', 'my-org/app'])('such as %s names one path', (glob) => {
    expect(isLiteral(glob)).toBe(true)
  })

  it.each(['*', 'a?', '[ab]', '{a,b}', '@(a|b)', '!a', 'a\\[b'])('such as %s may match another path', (glob) => {
    expect(isLiteral(glob)).toBe(false)
  })

  it.each(['', 'a[b', 'a{b', 'a(b', 'a\nb', 'a\0b', '(a)\\1', 'a'.repeat(1025), '@(*)'.repeat(250).replaceAll('*', '**/!(*a*)b{c,d}')])(
    'is refused when it is %j',
    (glob) => {
      expect(globFault(glob)).toMatch(/\w/)
    },
  )
})

const PIECES =
  'a b ab - . .. / // * ** *** ? ! + @ , | {a,b} {a,} {1..3} {a..c} {1..100000} { } ( ) [ab] [!a] [^a] [[:alpha:]] [ ] \\ \\* !(a) !(a*) !(a/b) !(a).b @(a|b) ?(a) *(a|b) +(ab|b) +(a|aa) +(*(a)|b) (a|b) (?!a) (?=b) (?<!a) (?:a) \\b $ ^ "a" " .b /**/ **/ /**'.split(
    ' ',
  )
const glob = array(constantFrom(...PIECES), { minLength: 1, maxLength: 7 }).map((pieces) => pieces.join(''))
const path = array(constantFrom('a', 'b', 'aa', '/', '.', '..', '-', 'c', '1', '\\', '*', '{', '\n', 'Ä'), { maxLength: 7 }).map((pieces) =>
  pieces.join(''),
)

describe('matching', () => {
  it('says what picomatch says, of any glob and any path', () => {
    let matched = 0
    const same = property(glob, array(path, { minLength: 8, maxLength: 8 }), (pattern, paths) => {
      pre(globFault(pattern) === undefined)
      const isMatch = picomatch(pattern, { dot: true })
      const expected = paths.filter((one) => isMatch(one))
      matched += expected.length
      expect([pattern, ...paths.filter((one) => matchesGlob(pattern, one))]).toEqual([pattern, ...expected])
    })
    assert(same, { numRuns: 4_000, maxSkipsPerRun: 1_000 })
    expect(matched).toBeGreaterThan(1_000)
  })

  const long = 'a'.repeat(4_096)
  it.each([
    ['*a*a*a*a*b', long],
    ['*a'.repeat(20), `${long}b`],
    ['**/a/**/b/**/c/**/d', 'a/'.repeat(2_048)],
    ['**/**/**/**/**/b', 'a/'.repeat(2_048)],
    ['(a|a)'.repeat(60), long],
    ['+(a|aa)*b', long],
    ['+(a|ab|*c)*(a|?b)d', long],
    ['+(a|+(b|+(c|a)))x', long],
    ['!(*a*a*a)!(*a*a*b)!(*c)', long],
    ['{a,aa,{a,aa,{a,aa}}}'.repeat(8), long],
    ['{1..100000}{1..100000}', long],
    ['(?!(a|aa)*b)*', long],
  ])('takes no longer for %s than for other globs, whatever the path', (pattern, subject) => {
    expect(globFault(pattern)).toBeUndefined()
    const started = process.cpuUsage()
    matchesGlob(pattern, subject)
    const { user, system } = process.cpuUsage(started)
    expect((user + system) / 1000).toBeLessThan(500)
  })
})
