import type { Datasource } from '@vartrack/bundle'
import { VarTrackError } from '@vartrack/errors'
import type { Session, Sink } from '@vartrack/sink-kit'
import { storeError } from '@vartrack/sink-kit'
import { describe, expect, it } from 'vitest'
import { createSessionPool } from './session-pool.js'

/** A pool over a store that only counts, and whose opening may fail. */
function poolOf(open: () => void = () => undefined) {
  const told: string[] = []
  let opened = 0
  const sink = {
    open: async () => {
      open()
      opened += 1
      const name = `session ${opened}`
      return { name, [Symbol.asyncDispose]: async () => void told.push(`closed ${name}`) } as unknown as Session
    },
  } as unknown as Sink
  let datasources = [{ name: 'cache', type: 'redis', options: {} } as unknown as Datasource]
  const pool = createSessionPool({
    datasources: () => datasources,
    sinks: new Map([['redis', sink]]),
    secret: async () => '',
    signal: new AbortController().signal,
  })
  return { pool, told, reload: () => (datasources = datasources.map((one) => ({ ...one, options: {} }))) }
}

const nameOf = async (session: Session) => (session as unknown as { name: string }).name

const fails = (error: Error) => async () => {
  throw error
}

describe('sessions of a datasource', () => {
  it('are opened once for all who use them', async () => {
    const { pool } = poolOf()
    expect(await Promise.all([pool.use('cache', nameOf), pool.use('cache', nameOf)])).toEqual(['session 1', 'session 1'])
  })

  it('are opened anew after a fault of the store, and close when the last who works over them has ended', async () => {
    const { pool, told } = poolOf()
    let finish: (() => void) | undefined
    const slow = pool.use('cache', () => new Promise<void>((resolve) => void (finish = resolve)))
    await expect(pool.use('cache', fails(storeError('sink.timeout', 'test')))).rejects.toMatchObject({ code: 'sink.timeout' })
    expect(await pool.use('cache', nameOf)).toBe('session 2')
    expect(told).toEqual([])
    finish?.()
    await slow
    expect(told).toEqual(['closed session 1'])
  })

  it.each([storeError('sink.refused', 'test'), new VarTrackError({ code: 'state.unavailable', message: 'Redis.', disposition: { kind: 'retry' } })])(
    'stay open after $code, which says nothing about the connection',
    async (error) => {
      const { pool } = poolOf()
      await expect(pool.use('cache', fails(error))).rejects.toMatchObject({ code: error.code, place: { datasource: 'cache' } })
      expect(await pool.use('cache', nameOf)).toBe('session 1')
    },
  )

  it('are tried again after they could not be opened, also for a reason that a person has to mend', async () => {
    let missing = true
    const { pool } = poolOf(() => {
      if (missing) throw new VarTrackError({ code: 'secret.missing', message: 'No password.' })
    })
    await expect(pool.use('cache', nameOf)).rejects.toMatchObject({ code: 'secret.missing' })
    missing = false
    expect(await pool.use('cache', nameOf)).toBe('session 1')
  })

  it('follow a bundle that changed', async () => {
    const { pool, told, reload } = poolOf()
    await pool.use('cache', nameOf)
    reload()
    expect(await pool.use('cache', nameOf)).toBe('session 2')
    expect(told).toEqual(['closed session 1'])
  })

  it('close with the pool', async () => {
    const { pool, told } = poolOf()
    await pool.use('cache', nameOf)
    await pool[Symbol.asyncDispose]()
    expect(told).toEqual(['closed session 1'])
  })
})
