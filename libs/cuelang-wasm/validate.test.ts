import { afterAll, describe, expect, it } from 'vitest'
import { createCue } from './index.js'

const cue = createCue()
afterAll(() => cue[Symbol.asyncDispose]())

const SCHEMA = `#Config: {
  host:  string
  port:  int & >0 & <65536
  level: *"info" | "debug"
  password: string @secret(ref="db") @logger()
  pool?: {size!: int, users: [...{name: string, pin?: string @secret()}]}
}
`
const VALID = { host: 'h', port: 5432, password: 'p', pool: { size: 3, users: [] } }

describe('validating a release against a schema', () => {
  it('accepts what meets it', async () => {
    expect((await validate(SCHEMA, VALID)).violations).toEqual([])
  })

  it('says what was expected, what was found, and where the schema says so', async () => {
    const { violations } = await validate(SCHEMA, { ...VALID, host: 7 })
    expect(violations).toEqual([
      { field: 'host', expected: 'string', got: '7', message: 'host: expected string, got 7.', schema: { file: 'app.cue', line: 2, column: 3 } },
    ])
  })

  it('finds wrong, unknown and missing fields in one go, although each hides the others from CUE', async () => {
    const { violations } = await validate(SCHEMA, { port: 'x', level: 'loud', hots: 'h', pool: { users: [{ name: 'a' }, { name: 1, age: 3 }] } })
    expect(violations.map(({ field, got }) => [field, got])).toEqual([
      ['host', 'missing'],
      ['hots', '"h"'],
      ['level', '"loud"'],
      ['password', 'missing'],
      ['pool.size', 'missing'],
      ['pool.users.1.age', '3'],
      ['pool.users.1.name', '1'],
      ['port', '"x"'],
    ])
  })

  it('finds them among hundreds of fields, with alternatives, conditions and patterns', async () => {
    const fields = Array.from({ length: 300 }, (_, index) => `field_${index}`)
    const schema = `#Config: {
${fields.map((name) => `  ${name}: int`).join('\n')}
  optional?: string
  [=~"^x_"]: bool
  if field_7 > 100 { more: string }
  choice: { kind: "a", ${fields.map((name) => `${name}?: >=0`).join(', ')} } | { kind: "b", only?: int }
}
`
    const data = { ...Object.fromEntries(fields.map((name, index) => [name, index])), choice: { kind: 'a', field_8: 1 } }
    expect((await validate(schema, { ...data, x_1: true, optional: 'o' })).violations).toEqual([])
    const { field_9, ...without }: Record<string, unknown> = {
      ...data,
      field_7: 101,
      field_299: 'z',
      x_2: 1,
      choice: { kind: 'a', field_8: -1, only: 1 },
    }
    const { violations } = await validate(schema, { ...without, other: field_9 })
    expect(violations.map(({ field, got }) => [field, got])).toEqual([
      ['choice.field_8', '-1'],
      ['choice.only', '1'],
      ['field_299', '"z"'],
      ['field_9', 'missing'],
      ['more', 'missing'],
      ['other', '9'],
      ['x_2', '1'],
    ])
  })

  it('reports only the alternative that was meant', async () => {
    const schema = '#Config: {store: {type: "file", path: string} | {type: "db", port: int}}'
    const { violations } = await validate(schema, { store: { type: 'db', port: 'x' } })
    expect(violations.map((violation) => violation.message)).toEqual(['store.port: expected int, got "x".'])
  })

  it('applies conditions between fields', async () => {
    const schema = '#Config: {env: string, replicas: int, if env == "prod" {replicas: >=3, owner: string}}'
    const { violations } = await validate(schema, { env: 'prod', replicas: 1 })
    expect(violations.map((violation) => violation.message)).toEqual(['owner: expected string, got missing.', 'replicas: expected int & >=3, got 1.'])
  })

  it('takes the whole file where there is no #Config', async () => {
    const { violations } = await validate('host: string\n', { host: 1, other: true })
    expect(violations.map(({ field }) => field)).toEqual(['host'])
  })

  it('matches a schema of dotted names against the flat form', async () => {
    const { violations } = await validate('#Config: {"db.host": string, "db.ports.0": int}', { db: { host: 1, ports: [2] } })
    expect(violations.map(({ field }) => field)).toEqual(['db.host'])
  })

  it('names the part of a constraint that a list does not meet', async () => {
    const { violations } = await validate('import "list"\n#Config: {a: list.MaxItems(2) & [...int]}', { a: [1, 2, 3] })
    expect(violations.map((violation) => violation.message)).toEqual(['a: expected list.MaxItems(2), got [1,2,3].'])
  })

  it('gives a schema that never ends a place', async () => {
    const schema = '#A: {x: #B}\n#B: {y: #A}\n#Config: {a: #A}'
    await expect(validate(schema, {})).rejects.toMatchObject({ code: 'cue.evaluation', place: { file: 'app.cue', line: 2, column: 6 } })
  })

  it('keeps big integers and numbers as written apart', async () => {
    const { violations } = await validate('#Config: {big: int, ratio: float}', '{"big": 18446744073709551617, "ratio": 1.50}')
    expect(violations).toEqual([])
  })

  it('holds a number that is too large or small for CUE to its bounds', async () => {
    const data = '{"large": 1e999999999, "larger": 1e99999999999999999999, "below": -1.5E+999999999, "small": 1e-999999999}'
    const { violations } = await validate('#Config: {large: <10, larger: <10, below: >0, small: >0 & <1}', data)
    expect(violations.map(({ message }) => message)).toEqual([
      'below: expected >0, got -1.5E+999999999.',
      'large: expected <10, got 1e999999999.',
      'larger: expected <10, got 1e99999999999999999999.',
    ])
  })

  it('reports a broken schema with its position and broken data with its file', async () => {
    await expect(validate('#Config: {\n  a: nowhere\n}', {})).rejects.toMatchObject({ code: 'cue.evaluation', place: { file: 'app.cue', line: 2 } })
    await expect(validate('\n#Config?: a: int', {})).rejects.toMatchObject({ code: 'cue.evaluation', place: { file: 'app.cue', line: 2, column: 1 } })
    await expect(validate(SCHEMA, '{"host": ')).rejects.toMatchObject({ code: 'cue.syntax', place: { file: 'app.yaml' } })
  })
})

describe('secrets in a schema', () => {
  it('never shows a value that the schema marks, not even through another field', async () => {
    const schema = '#Config: {key: int @secret(), copy: int, repeat: key, pool: {pin: *"hunter2hunter" | "x" @secret(), size: int}}'
    const canary = 'canary-4711'
    const found = await validate(schema, { key: canary, copy: canary, repeat: canary, pool: { pin: canary, size: [canary] } })
    expect(found.violations.map(({ field }) => field)).toEqual(['copy', 'key', 'pool.pin', 'pool.size', 'repeat'])
    expect(JSON.stringify(found)).not.toMatch(/canary|hunter/)
    expect(found.violations.map(({ got }) => got)).toEqual(['***', '***', '***', '[***]', '***'])
  })

  it('does not hold a reference to a secret against the schema', async () => {
    const { violations } = await validate('#Config: {port: int @secret(), host: int}', { port: '@secret(app/db#port)', host: '@secret(app/db#host)' })
    expect(violations.map(({ field }) => field)).toEqual(['host'])
  })

  it('lists marks on nested, dotted, optional and repeated fields', async () => {
    const { annotations } = await cue.describe(`#User: {name: string, pin?: string @secret()}
#Config: {
  password: string @secret(ref="db") @logger()
  pool: {key: string @logger(), users: [...#User]}
  "mail.token": string @secret(ref=mail)
}`)
    expect(annotations).toEqual([
      { field: 'password', secret: true, ref: 'db', logger: true },
      { field: 'pool.key', secret: false, logger: true },
      { field: 'pool.users.*.pin', secret: true, logger: false },
      { field: 'mail.token', secret: true, ref: 'mail', logger: false },
    ])
  })

  it('tells the form that a schema is written for', async () => {
    expect((await cue.describe('#Config: {"a.b": int, c: string}')).form).toBe('flat')
    expect((await cue.describe('#Config: {a: {b: int}}')).form).toBe('tree')
    expect((await cue.describe('#Config: {labels: {"app.kubernetes.io/name": string}}')).form).toBe('tree')
  })
})

function validate(schema: string, data: object | string) {
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  return cue.validate({ schema, schemaFile: 'app.cue', data: text, dataFile: 'app.yaml' })
}
