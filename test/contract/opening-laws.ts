import { createServer, type Server, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { describeError, VarTrackError } from '@vartrack/errors'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../support/free-port.js'
import { openSession, type Store } from './store.js'

/** What opening a session keeps: wrong credentials stop, a dead network times out, nothing secret is said. */
export function openingLaws(start: () => Promise<Store>): void {
  let store: Store
  beforeAll(async () => {
    store = await start()
  })
  afterAll(() => store?.[Symbol.asyncDispose]())

  describe('opening', () => {
    it('stops at wrong credentials, without another try', async (context) => {
      context.skip(store.wrongCredentials === null, 'this server knows no credentials')
      const error = await failure(openSession(store, store.wrongCredentials ?? {}))
      expect(error).toMatchObject({ code: 'sink.auth', disposition: { kind: 'stall' } })
      expectNoSecret(error, store)
    })

    it('tries again later when nobody listens', async () => {
      const error = await failure(openSession(store, { ...store.at(await freePort()), connect_timeout: '2s' }))
      expect(error.code).toMatch(/^sink\.(unreachable|timeout)$/)
      expect(error.disposition.kind).toBe('retry')
      expectNoSecret(error, store)
    })

    it('gives up on a server that says nothing', async () => {
      await using hole = await blackHole()
      const started = performance.now()
      const error = await failure(openSession(store, { ...store.at(hole.port), connect_timeout: '300ms' }))
      expect(error).toMatchObject({ code: 'sink.timeout', disposition: { kind: 'retry' } })
      expect(performance.now() - started).toBeLessThan(5_000)
      expectNoSecret(error, store)
    })

    it('is called off with its signal', async () => {
      await using hole = await blackHole()
      const controller = new AbortController()
      const opening = failure(openSession(store, store.at(hole.port), controller.signal))
      controller.abort()
      expect(await opening).toMatchObject({ code: 'sink.aborted' })
    })
  })
}

/** The error of something that has to fail. */
export async function failure(promise: Promise<unknown>): Promise<VarTrackError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(VarTrackError)
  return error as VarTrackError
}

/** Neither the text of an error nor anything it carries may hold a secret. */
export function expectNoSecret(error: VarTrackError, store: Store): void {
  const everything = `${describeError(error)} ${inspect(error, { depth: 20 })} ${JSON.stringify(error)}`
  for (const secret of store.secrets) expect(everything).not.toContain(secret)
}

/** Accepts connections and never answers. */
export async function blackHole(): Promise<AsyncDisposable & { port: number }> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
  })
  const port = await freePort()
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
