import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectUnharmed } from '../support/attack.js'
import { eventually } from '../support/eventually.js'
import type { HostedRepository } from '../support/git-host.js'
import { type HostileChain, shortName, startHostileChain } from './hostile-chain.js'

let hostile: HostileChain
const refused: HostedRepository[] = []

beforeAll(async () => {
  hostile = await startHostileChain('files')
}, 120_000)
afterAll(() => hostile?.[Symbol.asyncDispose]())

type File = readonly [format: string, content: string | Buffer]

const LEVELS = Array.from({ length: 8 }, (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level}, `.repeat(10)}]\n`)
const LAUGHS = '<!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;&l;&l;">]>\n<a>&m;</a>'
const NOT_UTF8 = Buffer.from([0x61, 0x3d, 0x20, 0xff, 0x0a])
const FIFTY_MB = `a: ${'x'.repeat(50 * 1024 * 1024)}\n`
const TOO_MANY = JSON.stringify(Object.fromEntries(Array.from({ length: 100_001 }, (_, index) => [`k${index}`, 1])))
const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${'4'.repeat(64)}\nsize 12345\n`

describe('a push of a file that nobody should read', () => {
  it.each<[string, File, string]>([
    ['an alias bomb', ['yaml', `a0: &a0 [x]\n${LEVELS.join('')}`], 'format.unsafe configs/app.yaml:5:35'],
    ['a merge key with __proto__', ['yaml', 'a: {<<: {__proto__: {b: 1}}}\n'], 'format.unsafe configs/app.yaml:1:10'],
    ['a __proto__ key in YAML', ['yaml', 'a:\n  __proto__: 1\n'], 'format.unsafe configs/app.yaml:2:3'],
    ['a key twice in YAML', ['yaml', 'a: 1\nb: 2\na: 2\n'], 'format.duplicate_key configs/app.yaml:3:1'],
    ['a tag that runs code elsewhere', ['yaml', 'a: !!python/object/apply:os.system ["touch /tmp/owned"]\n'], 'format.unsafe configs/app.yaml:1:4'],
    ['a tag nobody knows', ['yaml', 'a: 1\nb: !secret x\n'], 'format.unsafe configs/app.yaml:2:4'],
    ['bytes that are no UTF-8 in YAML', ['yaml', Buffer.from([0x61, 0x3a, 0x20, 0xff])], 'format.syntax configs/app.yaml:1:4'],
    ['two byte order marks', ['yaml', '\ufeff\ufeffa: 1\n'], 'format.syntax configs/app.yaml:1:1'],
    ['lists in lists without end', ['yaml', `a: ${'['.repeat(10_000)}`], 'format.too_deep configs/app.yaml:1:75'],
    ['two documents', ['yaml', 'a: 1\n---\nb: 2\n'], 'format.syntax configs/app.yaml:2:1'],
    ['maps in maps without end', ['json', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`], 'format.too_deep configs/app.json:1:321'],
    ['a __proto__ key in JSON', ['json', '{"a":{"__proto__":{"b":1}}}'], 'format.unsafe configs/app.json:1:7'],
    ['a __proto__ key in escapes', ['json', '{"a":{"\\u005f_proto__":{"b":1}}}'], 'format.unsafe configs/app.json:1:7'],
    ['a key twice, once in escapes', ['json', '{"a":1,"\\u0061":2}'], 'format.duplicate_key configs/app.json:1:8'],
    ['JSON that breaks off', ['json', '{\n  "a": [1,'], 'format.syntax configs/app.json:2:11'],
    ['half a character', ['json', '{"a":"\\ud800"}'], 'format.syntax configs/app.json:1:7'],
    ['entities of entities', ['xml', LAUGHS], 'format.unsafe configs/app.xml:1:1'],
    [
      'an entity that is a file of the machine',
      ['xml', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
      'format.unsafe configs/app.xml:1:1',
    ],
    ['a document type', ['xml', '<?xml version="1.0"?>\n<!DOCTYPE html>\n<a/>'], 'format.unsafe configs/app.xml:2:1'],
    ['elements in elements without end', ['xml', '<a>'.repeat(10_000)], 'format.too_deep configs/app.xml:1:193'],
    ['a key twice in TOML', ['toml', 'a = 1\na = 2\n'], 'format.duplicate_key configs/app.toml:2:1'],
    ['a key twice in .env', ['env', 'A=1\nA=2\n'], 'format.duplicate_key configs/app.env:2:1'],
    ['a __proto__ section', ['ini', '[__proto__]\na=1\n'], 'format.unsafe configs/app.ini:1:1'],
    ['bytes that are no UTF-8 in .properties', ['properties', NOT_UTF8], 'format.syntax configs/app.properties:1:4'],
    ['a pointer of Git LFS', ['yaml', LFS], 'format.not_a_map configs/app.yaml:1:1'],
    ['50 MB', ['yaml', FIFTY_MB], 'git.blob_too_large configs/app.yaml'],
    ['100,001 keys', ['json', TOO_MANY], 'limit.keys configs/app.json:1:1088892'],
  ])('is refused at its place: %s', async (_, [format, content], expected) => {
    const repository = await hostile.newRepository()
    refused.push(repository)
    await repository.commitFiles('main', { [`configs/app.${format}`]: content })
    expect(await hostile.refusalOf(repository)).toBe(expected)
    expect(await hostile.placesOf(repository)).toEqual([])
  })

  it('loses nothing: what is sound arrives from every one of these repositories', async () => {
    expect(refused.length).toBeGreaterThan(20)
    await Promise.all(refused.map((repository) => hostile.arrives(repository)))
  })
})

describe('a push of what only looks dangerous', () => {
  it.each<[string, File, Record<string, string>]>([
    [
      'integers beyond 2^64 keep their digits',
      ['json', '{"a":18446744073709551616,"b":-9223372036854775809}'],
      { a: '18446744073709551616', b: '-9223372036854775809' },
    ],
    ['decimals keep theirs', ['yaml', 'a: 1.10\nb: 1e400\n'], { a: '1.10', b: '1e400' }],
    ['a byte order mark is none of the content', ['yaml', '\ufeffa: 1\n'], { a: '1' }],
    ['names of variables are names', ['env', 'LD_PRELOAD=/tmp/x.so\nA="B=C"\nPATH=\n'], { LD_PRELOAD: '/tmp/x.so', A: 'B=C', PATH: '' }],
  ])('is written: %s', async (_, [format, content], expected) => {
    const repository = await hostile.newRepository()
    await repository.commitFiles('main', { [`configs/app.${format}`]: content })
    await eventually(async () => {
      expect(await hostile.redis.hgetall(`production:${shortName(repository.name)}`)).toEqual(expected)
      return true
    })
  })

  it('leaves varTrack as it was', () => expectUnharmed(hostile.chain))
})
