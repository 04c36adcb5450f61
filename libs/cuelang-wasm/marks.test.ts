import { afterAll, describe, expect, it } from 'vitest'
import { createCue } from './index.js'

const cue = createCue()
afterAll(() => cue[Symbol.asyncDispose]())

const CANARY = 'canary-4711'

describe('the mark of a secret, wherever a schema puts it', () => {
  it.each([
    ['on a field of a struct that is not at the top of the schema', 'defs: {P: {v: int @secret()}}\n#Config: {a: defs.P}', { a: { v: CANARY } }],
    ['on a definition within a definition', '#D: {#P: {v: int @secret()}}\n#Config: {a: #D.#P}', { a: { v: CANARY } }],
    ['on a definition within #Config', '#Config: {#P: {v: int @secret()}, a: #P}', { a: { v: CANARY } }],
    ['on a definition that hides one of the same name', '#P: {v: int}\n#Config: {#P: {v: int @secret()}, a: #P}', { a: { v: CANARY } }],
    ['on the definition of a value itself', '#P: int @secret()\n#Config: {a: #P}', { a: CANARY }],
    ['on one of two declarations of #Config', '#Config: {v: int @secret()}\n#Config: {a: int}', { a: 1, v: CANARY }],
    ['on #Config as a whole', '#Config: {a: int} @secret()', { a: CANARY }],
    ['within #Config, for all of it', '#Config: {@secret()\n a: int}', { a: CANARY }],
    ['before #Config, for the whole file', '@secret()\n#Config: {a: int}', { a: CANARY }],
    ['on what a let of #Config names', '#Config: {let P = {v: int @secret()}, a: P}', { a: { v: CANARY } }],
    ['on a field that another field repeats', '#Config: {a: {v: int @secret()}, b: a}', { a: { v: 1 }, b: { v: CANARY } }],
    ['on a field that another one repeats by its alias', '#Config: {X=a: {v: int @secret()}, b: X}', { a: { v: 1 }, b: { v: CANARY } }],
    ['in a list that is made by a comprehension', '#Config: {a: [for x in [{v: int @secret()}] {x}]}', { a: [{ v: CANARY }] }],
    ['in an element of a list', 'L: [{v: int @secret()}]\n#Config: {a: L[0]}', { a: { v: CANARY } }],
    ['in a part of what is computed', '#F: {in: int, out: {v: in @secret()}}\n#Config: {a: (#F & {in: 3}).out}', { a: { v: CANARY } }],
    ['in an alternative of or()', '#Config: {a: or([{t: "x", v: int @secret()}, {t: "y"}])}', { a: { t: 'x', v: CANARY } }],
    ['in text that holds JSON', 'import "encoding/json"\n#Config: {a: json.Validate({v: int @secret()})}', { a: `{"v": "${CANARY}"}` }],
    [
      'below a name that the schema leaves open and that holds dots',
      '#Config: {a: [string]: {v: int @secret()}}',
      { a: { 'b.example': { v: CANARY } } },
    ],
    ['below what the data has as a text', '#Config: {password: {value: string @secret()}}', { password: CANARY }],
  ])('holds %s', async (_, schema, data) => {
    const found = await validate(schema, data)
    expect(found.violations.map(({ got }) => got)).toEqual(['***'])
    expect(JSON.stringify(found)).not.toContain(CANARY)
  })

  it('holds at every depth of a definition that holds itself', async () => {
    const schema = '#Node: {name: string, token?: int @secret(), nodes?: [...#Node]}\n#Config: {root: #Node}'
    const nested = (depth: number): object => ({ name: 'n', token: CANARY, nodes: depth === 0 ? [] : [nested(depth - 1)] })
    const found = await validate(schema, { root: nested(7) })
    expect(found.violations).toHaveLength(8)
    expect(JSON.stringify(found)).not.toContain(CANARY)
    expect(found.annotations.map(({ field }) => field).slice(0, 2)).toEqual(['root.token', 'root.nodes.*.token'])
  })

  it('is found in seconds in a schema whose definitions all hold each other', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `f${index}`)
    const schema = `#S: {${names.map((name) => `${name}?: #S`).join(', ')}, v?: int @secret()}\n#Config: {s: #S, host?: int}`
    const { annotations } = await cue.describe(schema)
    expect(annotations.length).toBeLessThan(1000)
    expect(annotations).toContainEqual({ field: 's.f7.v', secret: true, logger: false })
    expect(annotations).not.toContainEqual(expect.objectContaining({ field: 'host' }))
  })

  it('does not spread to what lies beside it', async () => {
    const schema = '#Config: {users: [...{name: string, pin?: string @secret()}], size: 2 + 1}'
    const found = await validate(schema, { users: [{ name: 7 }], size: 4 })
    expect(found.violations.map(({ field, got }) => [field, got])).toEqual([
      ['size', '4'],
      ['users.0.name', '7'],
    ])
  })

  it('takes ref from its own argument alone', async () => {
    const { annotations } = await cue.describe(
      '#Config: {a: int @secret(href="no"), b: int @secret(note="ref=no"), c: int @secret(ref=#"x"y"#), d: int @secret(ref=a/b)}',
    )
    expect(annotations.map(({ field, ref }) => [field, ref])).toEqual([
      ['a', undefined],
      ['b', undefined],
      ['c', 'x"y'],
      ['d', 'a/b'],
    ])
  })
})

describe('a mark that is misspelt by a letter', () => {
  it.each(['secrt', 'secrets', 'Secret', 'sercet', 'sekret', 'SECRET', 'loger', 'Logger'])('is refused where it stands: @%s', async (name) => {
    const schema = `#Config: {\n  a: string @${name}()\n}`
    const refusal = { code: 'cue.mark', message: expect.stringContaining(`@${name} is no mark`), place: { file: 'app.cue', line: 2, column: 13 } }
    await expect(validate(schema, { a: 'x' })).rejects.toMatchObject(refusal)
    await expect(cue.describe(schema)).rejects.toMatchObject({ code: 'cue.mark' })
  })

  it('is told once for each, in files of any nesting', async () => {
    const schema = '#A: [...{b: int @secrt(), if b > 1 { c: int @loggr() }}]\n#Config: {a: #A, @secre()}'
    await expect(validate(schema, { a: [] })).rejects.toMatchObject({
      code: 'cue.mark',
      others: Array.from({ length: 3 }, () => ({ code: 'cue.mark' })),
    })
  })

  it('is no other name, which belongs to another program', async () => {
    expect((await validate('#Config: {a: int @go(A) @secure() @log() @protobuf(1) @s()}', { a: 1 })).violations).toEqual([])
  })
})

describe('a secret inside other values', () => {
  const SECRET = 'p@ss"/word+1'
  it.each([
    ['base64 of more than itself', `Basic ${Buffer.from(`user:${SECRET}`).toString('base64')}`],
    ['a URL', `pg://u:${encodeURIComponent(SECRET)}@host`],
    ['hex', Buffer.from(SECRET).toString('hex')],
    ['JSON', JSON.stringify({ a: SECRET })],
  ])('is not shown in %s', async (_, value) => {
    const { violations } = await validate('#Config: {pw: string @secret(), other: int}', { pw: SECRET, other: value })
    expect(violations).toMatchObject([{ field: 'other', got: '***' }])
  })

  it('is not shown as a default of the schema, asked for as part of a map', async () => {
    const { violations } = await validate('#Config: {pool: {pin: *"hunter2hunter" | string @secret(), size: int}}', { pool: 5 })
    expect(violations.map(({ message }) => message)).toEqual(['pool: expected struct, got ***.'])
  })
})

function validate(schema: string, data: object) {
  return cue.validate({ schema, schemaFile: 'app.cue', data: JSON.stringify(data), dataFile: 'app.yaml' })
}
