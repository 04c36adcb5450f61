import { afterAll, describe, expect, it } from 'vitest'
import { createCue } from './index.js'

/** How long it takes is a matter of the machine, and of the benchmarks. */
const cue = createCue({ timeoutMs: 60_000 })
afterAll(() => cue[Symbol.asyncDispose]())

const STORE =
  '#Git: {kind: "git", url: string, auth?: #Auth}\n#Auth: {t: "ssh", key: string} | {t: "http", user: string}\n#Src: #Git | {kind: "s3", bucket: string}\n'

describe('a field that has alternatives', () => {
  it('is held to the one that its constants name, behind a definition too', async () => {
    expect(await messages(`${STORE}#Config: {src: #Src}`, { src: { kind: 's3', bucket: 2 } })).toEqual(['src.bucket: expected string, got 2.'])
  })

  it('is told with unknown fields of that one, in maps and lists, beside other errors', async () => {
    const data = { n: 'x', srcs: { a: { kind: 's3', bucket: 2, x: 1 } }, list: [{ kind: 'git' }, { kind: 's3', bucket: 'b', y: { z: 1 } }] }
    expect(await messages(`${STORE}#Config: {srcs: [string]: #Src, list: [...#Src], n: int}`, data)).toEqual([
      'list.0.url: expected string, got missing.',
      'list.1.y: the schema has no such field.',
      'n: expected int, got "x".',
      'srcs.a.bucket: expected string, got 2.',
      'srcs.a.x: the schema has no such field.',
    ])
  })

  it('may have alternatives within', async () => {
    const data = { src: { kind: 'git', url: 1, auth: { t: 'http', user: 5 } } }
    expect(await messages(`${STORE}#Config: {src: #Src}`, data)).toEqual([
      'src.auth.user: expected string, got 5.',
      'src.url: expected string, got 1.',
    ])
  })

  it.each([
    ['another one', { kind: 'ftp', bucket: 'b' }, 'src.kind: expected "git" | "s3", got "ftp".'],
    ['none', {}, 'src.kind: expected "git" | "s3", got missing.'],
  ])('is told once with the names there are, where the data has %s', async (_, src, message) => {
    expect(await messages(`${STORE}#Config: {src: #Src}`, { src })).toEqual([message])
  })

  it('without names is held to the nearest', async () => {
    const schema = '#Step: {run: string, ...} | {uses: string, with?: [string]: string | int}\n#Config: {steps: [...#Step]}'
    expect(await messages(schema, { steps: [{ uses: 'a@v1', with: { x: true } }, { run: 5 }] })).toEqual([
      'steps.0.with.x: expected string | int, got true.',
      'steps.1.run: expected string, got 5.',
    ])
  })

  it('is held to conditions in an alternative, and to what both have in common', async () => {
    const schema =
      '#Base: {name: string, ...}\n#A: {#Base, kind: "a"}\n#B: {#Base, kind: "b", y: int, if y > 3 {big: bool}}\n#Config: [string]: #A | #B'
    const data = { q: { kind: 'b', name: 'n', y: 4, big: 1 }, r: { kind: 'a', name: 3 }, s: { kind: 'b', y: 4, name: 'n' } }
    expect(await messages(schema, data)).toEqual([
      'q.big: expected bool, got 1.',
      'r.name: expected string, got 3.',
      's.big: expected bool, got missing.',
    ])
  })

  it('is found where a condition of the schema makes it', async () => {
    const schema = `${STORE}#Config: {on: bool, if on {src: #Src}}`
    expect(await messages(schema, { on: true, src: { kind: 's3', bucket: 2 } })).toEqual(['src.bucket: expected string, got 2.'])
  })
})

describe('one mistake', () => {
  it('is one violation: of a text in place of a map nothing below it is told', async () => {
    const schema = '#Config: {a: {n: {k!: int}}, b: {kind: "a", x!: int} | {kind: "b"}}'
    const told = await messages(schema, { a: { n: 3 }, b: 'b' })
    expect(told.map((message) => message.split(':')[0])).toEqual(['a.n', 'b'])
  })

  it('is one violation: of an unknown map its fields are not told again', async () => {
    const data = { h: 'x', u: { a: { b: 1 }, c: [1, { d: 2 }] } }
    expect(await messages('#Config: {h: int}', data)).toEqual(['h: expected int, got "x".', 'u: the schema has no such field.'])
  })

  it('in a field that a condition rules out is told once', async () => {
    const schema = '#Config: {mode: "a" | "b", if mode == "b" {b_conf: {n: int}}, n: int}'
    expect(await messages(schema, { mode: 'a', b_conf: { n: 2 }, n: 'x' })).toEqual([
      'b_conf: the schema has no such field.',
      'n: expected int, got "x".',
    ])
  })

  it('in the name of a field that the schema rules out is told at the field', async () => {
    expect(await messages('#Config: {a: int, old?: _|_}', { a: 'x', old: 1 })).toEqual([
      'a: expected int, got "x".',
      'old: the schema has no such field.',
    ])
  })

  it('against a condition of the schema is told as that', async () => {
    const told = ['_chk: the data does not meet this condition of the schema: true & (p > 5).']
    expect(await messages('#Config: {p: int, _chk: true & (p > 5)}', { p: 1 })).toEqual(told)
  })
})

describe('what is expected of a field', () => {
  it('follows the data that it depends on, not the defaults', async () => {
    const schema = '#Config: {port: *8080 | int, next: port + 1}'
    expect(await messages(schema, { port: 1, next: 3 })).toEqual(['next: expected 2, got 3.'])
  })

  it('is told where it depends on a field that is wrong itself', async () => {
    const schema = '#Config: {max: int & >5, if max <= 10 {small: "yes"}}'
    expect(await messages(schema, { max: 4, small: 'no' })).toEqual(['max: expected int & >5, got 4.', 'small: expected "yes", got "no".'])
  })
})

describe('a file with thousands of mistakes', () => {
  it.each([
    ['keys', '#Config: [string]: int', Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, 'x'])), 4900],
    ['elements', '#Config: l: [...{id: int}]', { l: Array.from({ length: 3000 }, (_, index) => ({ id: `${index}` })) }, 2900],
  ])('gets a hundred of its wrong %s told, and how many more there are', async (_, schema, data, more) => {
    const found = await validate(schema, data)
    expect(found.violations).toHaveLength(100)
    expect(found.more).toBe(more)
    expect(found.violations.at(-1)?.message).toContain(`At least ${more} more do not meet the schema.`)
  })
})

describe('a schema whose parts CUE cannot hold to data by themselves', () => {
  it.each([
    ['a choice within itself', '#Tree: {a: *string | #Tree, d: 2 | "y", ...}\n#Config: #Tree | 0', { a: [{ a: 'y', c: true }] }],
    ['two definitions with defaults', '#D: {c: *bool | 0, ...}\n#E: {c: int, [=~"^a"]: [...int]}\n#Config: #D & #E', { a: { c: 'w' } }],
  ])('refuses what it refuses, told whole: %s', async (_, schema, data) => {
    const { violations } = await validate(schema, data)
    expect(violations).toMatchObject([{ got: expect.any(String), expected: expect.any(String), schema: { file: 'app.cue' } }])
  })
})

async function messages(schema: string, data: object): Promise<string[]> {
  return (await validate(schema, data)).violations.map(({ message }) => message)
}

function validate(schema: string, data: object) {
  return cue.validate({ schema, schemaFile: 'app.cue', data: JSON.stringify(data), dataFile: 'app.yaml' })
}
