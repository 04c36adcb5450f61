import { VarTrackError } from '@vartrack/errors'
import { createMask } from '@vartrack/secrets'
import { describe, expect, it } from 'vitest'
import { createLogger } from './index.js'

function logged(format: 'json' | 'pretty' = 'json') {
  const lines: string[] = []
  const mask = createMask()
  mask.add('hunter22')
  const log = createLogger({ name: 'writer', level: 'debug', format, mask, destination: { write: (line) => void lines.push(line) } })
  return { log, lines }
}

describe('a log line', () => {
  it('is JSON with time, level, process and the correlation id of its child', () => {
    const { log, lines } = logged()
    log.child({ correlation: 'c-1' }).info({ destination: 'prod' }, 'written')
    expect(JSON.parse(lines[0] as string)).toMatchObject({ level: 'info', name: 'writer', correlation: 'c-1', destination: 'prod', msg: 'written' })
  })

  it('holds no secret in message, fields, bindings or errors, and no stack', () => {
    const { log, lines } = logged()
    const child = log.child({ token: 'abc', url: 'redis://u:pw12345@host' })
    child.warn({ deep: { list: ['say hunter22'] }, password: 'x' }, 'the value hunter22')
    child.error({ error: new VarTrackError({ code: 'a.b', message: 'hunter22 was refused' }) }, 'failed')
    child.error(new Error('hunter22'))
    const all = lines.join('')
    for (const secret of ['hunter22', 'pw12345', '"abc"', '"x"']) expect(all).not.toContain(secret)
    expect(all).toContain('a.b')
    expect(all).not.toMatch(/\bat .*\.ts:\d+/)
  })

  it('for a person is one line, and a terminal does not act on what it holds', () => {
    const { log, lines } = logged('pretty')
    log.info({ ref: 'refs/heads/\u001b[31mred', count: 2 }, 'planned\u0007')
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}writer {5}planned\\x07 ref=.* count=2\n$/)
    expect(lines[0]?.trimEnd()).not.toMatch(/\p{Cc}/u)
  })
})
