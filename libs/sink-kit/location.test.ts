import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LocationRule, locate } from './location.js'
import { fillPlain, placeholders } from './template.js'

const RULE: LocationRule = {
  allowed: /[a-z0-9/-]/,
  replacement: '-',
  lowerCase: true,
  segments: true,
  shape: /^[a-z0-9/-]{1,60}$/,
  reserved: /^system/,
}

describe('a template', () => {
  it('names each placeholder once, in their order', () => expect(placeholders('{repo}/{env}/{repo}')).toEqual(['repo', 'env']))

  it.each(['{nobody}', '{env.__class__}', '{env', 'env}', '{{env}}', '{}', '{ENV}'])('is refused when it holds %s', (template) => {
    expect(() => placeholders(template)).toThrow(expect.objectContaining({ code: 'template.unknown_placeholder' }))
  })

  it('becomes a place in the characters the store takes', () =>
    expect(locate('{env}', { env: 'feature/MY-Thing ü' }, RULE)).toBe('feature/my-thing--'))

  it('is not scanned again for what its names bring', () => {
    expect(() => locate('{env}', { env: '{tenant}', tenant: 'x' }, RULE)).toThrow(expect.objectContaining({ code: 'template.unsafe' }))
  })

  it('needs every name it asks for', () => {
    expect(() => locate('{env}-{tag}', { env: 'x', tag: '' }, RULE)).toThrow(expect.objectContaining({ code: 'template.unresolved' }))
  })

  it.each(['../x', 'a/../b', '/etc', '\\share', '~root', 'c:\\x', 'a\nb', 'a\0b'])('never takes the name %j', (env) => {
    expect(() => locate('{env}', { env }, RULE)).toThrow(expect.objectContaining({ code: 'template.unsafe' }))
  })

  it.each(['a//{env}', './{env}', 'a/../{env}', 'system/{env}', `${'x'.repeat(60)}{env}`])('leads to no place %s', (template) => {
    expect(() => locate(template, { env: 'x' }, RULE)).toThrow(expect.objectContaining({ code: 'template.unsafe' }))
  })

  it('with any name whatever leads to a place of the right shape, or is refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (env) => {
        expect(placeOrRefusal(env)).toMatch(/^(acme\/(?!.*\.\.)[a-z0-9/-]{1,55}|refused as template\.(unsafe|unresolved))$/)
      }),
      { numRuns: 100 },
    )
  })
})

describe('a constant of a rule', () => {
  it('has its placeholders replaced and keeps other braces: it may be JSON', () => {
    expect(fillPlain('key', '{"env":"{env}","{x}":{}}', { env: '$& pro{tag}' })).toBe('{"env":"$& pro{tag}","{x}":{}}')
  })

  it('is refused by key and placeholder alone where a name is not known: it may be a secret', () => {
    expect(() => fillPlain('password', 'hunter2-{tenant}', {})).toThrow(
      expect.objectContaining({
        code: 'template.unresolved',
        message: 'The constant "password" of variables_map names {tenant}, which is not known here.',
        details: { constant: 'password', placeholder: 'tenant' },
      }),
    )
  })
})

function placeOrRefusal(env: string): string {
  try {
    return locate('acme/{env}', { env }, RULE)
  } catch (error) {
    return `refused as ${(error as { code: string }).code}`
  }
}
