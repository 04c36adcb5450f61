import { describe, expect, it } from 'vitest'
import { createParserPool, type ParserPool } from './parser-pool.js'
import { LIMITS } from './testing.js'

/** Large enough that it is not parsed in the calling thread. */
const LARGE = `a: 1\n${'# filled up\n'.repeat(1000)}`
/** Takes the YAML parser many seconds: each line is a comment that it keeps. */
const SLOW = `${'# x\n'.repeat(2_000_000)}a: 1\n`
/** Becomes millions of objects. */
const GREEDY = `a: [${','.repeat(1_000_000)}`

describe('a pool of parsers', () => {
  it('reads large files of every format in threads', async () => {
    await withPool(async (pool) => {
      const files = {
        'f.yaml': LARGE,
        'f.toml': LARGE.replace('a: 1', 'a = 1.10'),
        'f.env': LARGE.replace('a: 1', 'a=1'),
        'f.xml': `<a>${' '.repeat(20_000)}</a>`,
      }
      const read = await Promise.all(Object.entries(files).map(([path, text]) => pool.parse(Buffer.from(text), path, { limits: LIMITS })))
      expect(read.map((one) => one.bytes.toString())).toEqual(['{"a":1}', '{"a":1.10}', '{"a":"1"}', '{"a":""}'])
      expect(read.map((one) => one.rootKeyAnyDepth)).toEqual([false, false, false, true])
    })
  })

  it('reads small files and files of megabytes by turns, in a single thread', async () => {
    await using pool = createParserPool({ workers: 1 })
    const huge = `a = "${'x'.repeat(5_000_000)}"\n`
    const files = [LARGE.replace('a: 1', 'a = 1'), huge, LARGE.replace('a: 1', 'a = 2'), huge]
    const read = await Promise.all(files.map((text) => pool.parse(Buffer.from(text), 'f.toml', { limits: LIMITS })))
    expect(read.map((one) => one.bytes.length)).toEqual([7, 5_000_008, 7, 5_000_008])
  })

  it('hands JSON and HCL through as they are', async () => {
    await withPool(async (pool) => {
      const bytes = Buffer.from(`{"a":1.10}${' '.repeat(100_000)}`)
      expect(await pool.parse(bytes, 'f.json', { limits: LIMITS })).toEqual({ coreFormat: 'json', bytes, derived: false, rootKeyAnyDepth: false })
      expect(await pool.parse(bytes, 'f.tf', { limits: LIMITS })).toMatchObject({ coreFormat: 'hcl' })
    })
  })

  it('gives errors from a thread as they were: code, place and remedy', async () => {
    await withPool(async (pool) => {
      await expect(pool.parse(Buffer.from(`${LARGE}a: 2\n`), 'f.yaml', { limits: LIMITS })).rejects.toMatchObject({
        name: 'VarTrackError',
        code: 'format.duplicate_key',
        place: { file: 'f.yaml', line: 1002, column: 1 },
        remedy: expect.any(String),
        disposition: { kind: 'stall' },
      })
    })
  })

  it('refuses a file over the limit before it is copied', async () => {
    await withPool(async (pool) => {
      await expect(pool.parse(Buffer.alloc(50_000_000), 'f.yaml', { limits: LIMITS })).rejects.toMatchObject({ code: 'limit.bytes' })
    })
  })

  it('ends a thread that runs out of time, and goes on', async () => {
    await withPool(async (pool) => {
      await expect(pool.parse(Buffer.from(SLOW), 'f.yaml', { limits: LIMITS })).rejects.toMatchObject({
        code: 'limit.time',
        place: { file: 'f.yaml' },
      })
      expect(String((await pool.parse(Buffer.from(LARGE), 'f.yaml', { limits: LIMITS })).bytes)).toBe('{"a":1}')
    }, 3000)
  })

  it('ends a thread that runs out of memory, and goes on', async () => {
    await withPool(async (pool) => {
      await expect(pool.parse(Buffer.from(GREEDY), 'f.yaml', { limits: LIMITS })).rejects.toMatchObject({
        code: 'limit.memory',
        place: { file: 'f.yaml' },
      })
      expect(String((await pool.parse(Buffer.from(LARGE), 'f.yaml', { limits: LIMITS })).bytes)).toBe('{"a":1}')
    })
  })

  it('works off more files than it has threads, bad ones among them', async () => {
    await withPool(async (pool) => {
      const files = Array.from({ length: 12 }, (_, index) => (index % 3 === 0 ? `${LARGE}a: 2\n` : LARGE))
      const read = await Promise.allSettled(files.map((text) => pool.parse(Buffer.from(text), 'f.yaml', { limits: LIMITS })))
      expect(read.map((one) => one.status)).toEqual(files.map((text) => (text === LARGE ? 'fulfilled' : 'rejected')))
    })
  })

  it('stops when it is told to, with the reason of the signal', async () => {
    await withPool(async (pool) => {
      const stop = new AbortController()
      const parsing = pool.parse(Buffer.from(SLOW), 'f.yaml', { limits: LIMITS, signal: stop.signal })
      stop.abort(new Error('shutting down'))
      await expect(parsing).rejects.toThrow('shutting down')
      await expect(pool.parse(Buffer.from(LARGE), 'f.yaml', { limits: LIMITS, signal: stop.signal })).rejects.toThrow('shutting down')
    })
  })

  it('refuses work once it is closed, and what is under way', async () => {
    const pool = createParserPool({ workers: 1 })
    const parsing = pool.parse(Buffer.from(SLOW), 'f.yaml', { limits: LIMITS })
    const waiting = pool.parse(Buffer.from(LARGE), 'f.yaml', { limits: LIMITS })
    const both = Promise.allSettled([parsing, waiting])
    await pool[Symbol.asyncDispose]()
    expect(await both).toMatchObject([{ reason: { code: 'format.pool_closed' } }, { reason: { code: 'format.pool_closed' } }])
    await expect(pool.parse(Buffer.from(LARGE), 'f.yaml', { limits: LIMITS })).rejects.toMatchObject({ code: 'format.pool_closed' })
  })

  it('finds the places of keys', async () => {
    await withPool(async (pool) => {
      expect(await pool.locate(Buffer.from(`${LARGE}b: 2\n`), 'f.yaml', 'yaml', Buffer.from('{"a":1,"b":2}'), [8, 2])).toEqual([
        { line: 1002, column: 1 },
        { line: 1, column: 1 },
      ])
      expect(await pool.locate(Buffer.from('b: 2\n'), 'f.yaml', 'yaml', Buffer.from('{"b":2}'), [2])).toEqual([{ line: 1, column: 1 }])
    })
  })
})

async function withPool(use: (pool: ParserPool) => Promise<void>, timeoutMs = 20_000): Promise<void> {
  const pool = createParserPool({ workers: 2, timeoutMs })
  try {
    await use(pool)
  } finally {
    await pool[Symbol.asyncDispose]()
  }
}
