import { VarTrackError } from '@vartrack/errors'
import { describe, expect, it } from 'vitest'
import { createMask } from './mask.js'

const CANARY = 'cänary/"s3cr3t"+&= \\value'

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

describe('the mask', () => {
  const mask = createMask()
  mask.add(CANARY)

  it.each([
    ['plain', CANARY],
    ['base64', base64(CANARY)],
    ['base64 without padding', base64(CANARY).replace(/=+$/, '')],
    ['base64 for URLs', Buffer.from(CANARY).toString('base64url')],
    ['hex', Buffer.from(CANARY).toString('hex')],
    ['upper-case hex', Buffer.from(CANARY).toString('hex').toUpperCase()],
    ['URL-escaped', encodeURIComponent(CANARY)],
    ['URL-escaped in lower case', encodeURIComponent(CANARY).replace(/%../g, (escape) => escape.toLowerCase())],
    ['form-encoded', new URLSearchParams({ v: CANARY }).toString().slice(2)],
    ['JSON-escaped', JSON.stringify(CANARY).slice(1, -1)],
    ['JSON in JSON', JSON.stringify(JSON.stringify(CANARY).slice(1, -1)).slice(1, -1)],
    ['JSON in ASCII', JSON.stringify(CANARY).slice(1, -1).replace('ä', '\\u00e4')],
  ])('hides a secret written %s', (_form, written) => {
    expect(mask.text(`before ${written} after ${written}.`)).toBe('before *** after ***.')
  })

  it.each(['u', 'us', 'user', 'someone'])('hides the base64 of %s:secret in a basic authentication', (user) => {
    const known = createMask()
    known.add('correct-horse-battery')
    const line = known.text(`sent <${base64(`${user}:correct-horse-battery`)}>`)
    expect(Buffer.from(line, 'base64').toString()).not.toContain('horse')
    expect(line).toContain('***')
  })

  it('hides each line of a private key', () => {
    const known = createMask()
    known.add('-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\nabcdefghijklmnop\n-----END PRIVATE KEY-----\n')
    expect(known.text('line 2 is abcdefghijklmnop')).toBe('line 2 is ***')
  })

  it('hides a secret that contains another one whole', () => {
    const known = createMask()
    known.add('hunter2')
    known.add('hunter2-and-more')
    expect(known.text('hunter2-and-more')).toBe('***')
  })

  it('leaves short secrets alone in texts, for they are found everywhere', () => {
    const known = createMask()
    known.add('a')
    known.add('')
    expect(known.text('a day')).toBe('a day')
  })
})

describe('the mask, without having been told', () => {
  const mask = createMask()
  it.each([
    ['mongodb://root:pa55@db:27017/x', 'mongodb://***@db:27017/x'],
    ['Authorization: Bearer abcdefghijkl', 'Authorization: Bearer ***'],
    ['GET /x?token=abc&y=1', 'GET /x?token=***&y=1'],
    ['redis://:pa?ss99@h and redis://u:pa#ss@h', 'redis://***@h and redis://***@h'],
    ['/x?token=ab#cd', '/x?token=***'],
    ['{"u":"https://h/?token=abc","host":"db"}', '{"u":"https://h/?token=***","host":"db"}'],
    ['{"u":"https://h","mail":"a@b"}', '{"u":"https://h","mail":"a@b"}'],
    [`mongodb://u:p"w'd@h/?token=t"n`, 'mongodb://***@h/?token=***'],
    ['https://h:80/a@b', 'https://h:80/a@b'],
    ['fetched from https://ghp_abc@host/x.git', 'fetched from https://***@host/x.git'],
    ['ssh://git@host/x.git and ssh://git:pa55@host/x.git', 'ssh://git@host/x.git and ssh://***@host/x.git'],
    ['git@host:org/repo.git is not a credential', 'git@host:org/repo.git is not a credential'],
  ])('%s', (text, masked) => {
    expect(mask.text(text)).toBe(masked)
  })

  it('hides headers and fields by their names', () => {
    const headers = { authorization: 'x', 'X-Hub-Signature-256': 'sha256=1', 'x-gitlab-token': 't', host: 'h' }
    expect(mask.value({ headers, sudo_password: 12345, clientSecret: 's', secret: true, key: 'k' })).toEqual({
      headers: { authorization: '***', 'X-Hub-Signature-256': '***', 'x-gitlab-token': '***', host: 'h' },
      sudo_password: '***',
      clientSecret: '***',
      secret: true,
      key: 'k',
    })
  })
})

describe('the mask over values', () => {
  const mask = createMask()
  mask.add('canary-1234')

  it('reaches errors, their causes, maps, sets, lists and names of fields', () => {
    const cause = new Error('refused canary-1234')
    const error = new VarTrackError({ code: 'x.y', message: 'said canary-1234', place: { key: 'canary-1234' }, cause })
    const shown = JSON.stringify(mask.value([error, new Map([['canary-1234', new Set(['canary-1234'])]]), { 'canary-1234': 1 }]))
    expect(shown).not.toContain('canary')
    expect(shown).toContain('x.y')
    expect(shown).toContain('refused ***')
  })

  it('survives cycles, and shows bytes as their number', () => {
    const loop: Record<string, unknown> = { bytes: Buffer.from('canary-1234'), big: 2n ** 64n, none: undefined }
    loop.self = loop
    const shown = mask.value(loop) as Record<string, unknown>
    expect(shown.self).toBe(shown)
    expect(shown).toMatchObject({ bytes: '[11 bytes]', big: '18446744073709551616' })
  })

  it('stops where input is hostile in its depth', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(10_000)}"canary-1234"${']'.repeat(10_000)}`)
    expect(JSON.stringify(mask.value(deep))).toContain('[too deep]')
  })

  it('leaves the original as it was', () => {
    const original = { note: 'canary-1234' }
    mask.value(original)
    expect(original.note).toBe('canary-1234')
  })
})
