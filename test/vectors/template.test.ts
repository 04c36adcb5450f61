import { readFileSync } from 'node:fs'
import { VarTrackError } from '@vartrack/errors'
import { locate, type Names, type SinkType } from '@vartrack/sink-kit'
import { locationRules } from '@vartrack/sinks'
import { describe, expect, it } from 'vitest'

interface Case {
  readonly name: string
  readonly sink: SinkType
  readonly template: string
  readonly names: Names
  readonly expect?: string
  readonly error?: { readonly code: string }
}

const cases = JSON.parse(readFileSync(new URL('../fixtures/vectors/template.json', import.meta.url), 'utf8')) as Case[]

const refused: readonly Case[] = [
  { name: 'a segment of two dots', sink: 'zookeeper', template: '/a/{env}', names: { env: '..' } },
  { name: 'a segment of one dot', sink: 'linux_server', template: '/etc/{env}/x', names: { env: '.' } },
  { name: 'an absolute name', sink: 'linux_server', template: '{env}', names: { env: '/etc/passwd' } },
  { name: 'NUL', sink: 'mongo', template: '{env}', names: { env: 'a\0b' } },
  { name: "the server's own collections", sink: 'mongo', template: 'system.{env}', names: { env: 'users' } },
  { name: "varTrack's own collection", sink: 'mongo', template: '_{env}', names: { env: 'vartrack' } },
  { name: "varTrack's own key", sink: 'redis', template: '{env}:__vt', names: { env: 'a' } },
].map((one) => ({ ...one, error: { code: 'template.unsafe' } }) as Case)

describe('a destination template', () => {
  it.each([...cases, ...refused].map((one) => [`${one.sink}: ${one.name}`, one] as const))('%s', (_name, one) => {
    expect(answer(() => locate(one.template, one.names, locationRules[one.sink]))).toBe(one.error?.code ?? one.expect)
  })

  it('turns what a name may not hold into a dash, so that it cannot lead to another place', () => {
    expect(locate('{env}:cfg', { env: 'feature/a:b c' }, locationRules.redis)).toBe('feature-a-b-c:cfg')
    expect(locate('/{env}', { env: 'feature/x' }, locationRules.zookeeper)).toBe('/feature-x')
  })

  it('does not go on without a name it needs', () => {
    expect(() => locate('{tag}', { env: 'x' }, locationRules.redis)).toThrow(expect.objectContaining({ code: 'template.unresolved' }))
  })
})

/** What a call gives, or the code of what it throws. */
function answer(call: () => string): string {
  try {
    return call()
  } catch (error) {
    return error instanceof VarTrackError ? error.code : String(error)
  }
}
