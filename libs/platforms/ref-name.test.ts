import { describe, expect, it } from 'vitest'
import { BranchName, FullRef } from './ref-name.js'

describe('a name of a branch', () => {
  it.each(['main', 'feature/MY-Thing', 'ä/猫', 'release/1.0', '🐈', 'a-', 'a@b', 'refs'])('may be %s', (name) => {
    expect(BranchName.safeParse(name).success).toBe(true)
    expect(FullRef.safeParse(`refs/heads/${name}`).success).toBe(true)
  })

  it.each([
    '',
    '-a',
    '@',
    'a\ud800',
    '\udc00',
    'a\nb',
    'a\0',
    'a\x7f',
    'a b',
    'a..b',
    'a.lock/b',
    '/a',
    'a/',
    'a//b',
    '.a',
    'a.',
    'a@{b',
    'a*',
    'ä'.repeat(257),
  ])('is refused when it is %j', (name) => {
    expect(BranchName.safeParse(name).success).toBe(false)
  })

  it.each(['main', 'refs', 'refs/heads', 'refs/heads/', 'heads/main', '/refs/heads/main', 'refs/heads/a\ud800'])('is no full ref as %j', (name) => {
    expect(FullRef.safeParse(name).success).toBe(false)
  })
})
