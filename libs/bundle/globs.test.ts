import { describe, expect, it } from 'vitest'
import { globFault, matchesAny, matchesGlob } from './globs.js'

describe('a glob', () => {
  it('matches names with a leading dot, and stars stay within one segment', () => {
    expect(matchesGlob('configs/**', 'configs/.env')).toBe(true)
    expect(matchesGlob('my-org/*', 'my-org/a/b')).toBe(false)
    expect(matchesAny(['a', 'b/*'], 'b/c')).toBe(true)
    expect(matchesAny([], 'b')).toBe(false)
  })

  it.each(['configs/{a,b}/**', '**/*-*-*/*.y*ml', '*.y?(a)ml', '[a-c]*', '!(legacy)-*', '@(a|b)', 'a\\[b'])('may be %s', (glob) => {
    expect(globFault(glob)).toBeUndefined()
  })

  it.each(['', 'a[b', 'a{b', 'a(b', 'a\nb', 'a\0b', '+(a|+(b))', '*(*(a))x', '*a*a*a*a*b', '**/a/**/b/**/c/**/d'])(
    'is refused when it is %j',
    (glob) => {
      expect(globFault(glob)).toMatch(/\w/)
    },
  )
})
