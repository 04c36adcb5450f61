import type { AddressInfo } from 'node:net'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** What the network does to connections; where bytes are meant, those of one direction of one connection. */
export type NetworkFault =
  /** Every piece arrives so many milliseconds late, in order. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Connections stay open and nothing arrives, in both directions. */
  | { readonly kind: 'blackhole' }
  /** Requests arrive, answers do not: whether it was done is ambiguous. */
  | { readonly kind: 'swallow-answers' }
  /** Nobody listens. Connections that are there are reset. */
  | { readonly kind: 'refuse' }
  /** Reset (RST) after so many further bytes have passed from client to server, or the other way. */
  | { readonly kind: 'cut'; readonly afterBytes: number; readonly direction: Direction }
  /** The server's end is closed (FIN) while the client may go on talking. */
  | { readonly kind: 'half-close' }
export type Direction = 'to-server' | 'to-client'

/** A TCP proxy on loopback between a client and a real server, whose network can be broken at will. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number
  /** Connections that are open now. */
  connections(): number
  /** Breaks the network for connections that are there and those to come. */
  break(fault: NetworkFault): Promise<void>
  /** Resets (RST) what is connected now, without breaking what comes. */
  reset(): void
  /** Lets bytes pass again; what a blackhole or `swallow-answers` has eaten stays lost. */
  mend(): Promise<void>
  close(): Promise<void>
}

/** Starts a proxy in front of a port on loopback. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const state: State = { fault: undefined, pairs: new Set() }
  const server = createServer({ allowHalfOpen: true }, (client) => join(client, target, state))
  const port = await listen(server, 0)
  const reset = () => resetAll(state)
  const close = async () => {
    reset()
    await stopListening(server)
  }
  return {
    port,
    reset,
    close,
    connections: () => state.pairs.size,
    break: async (fault) => {
      state.fault = fault
      if (fault.kind === 'half-close') for (const { client } of state.pairs) client.end()
      if (fault.kind === 'cut') for (const pair of state.pairs) pair.passed[fault.direction] = 0
      if (fault.kind === 'refuse') await close()
    },
    mend: async () => {
      state.fault = undefined
      if (!server.listening) await listen(server, port)
    },
    [Symbol.asyncDispose]: close,
  }
}

interface State {
  fault: NetworkFault | undefined
  readonly pairs: Set<Pair>
}

interface Pair {
  readonly client: Socket
  readonly upstream: Socket
  /** Bytes that have passed since the last {@link TcpProxy.break}. */
  readonly passed: Record<Direction, number>
}

function join(client: Socket, target: number, state: State): void {
  const upstream = createConnection({ port: target, host: '127.0.0.1', allowHalfOpen: true })
  const pair: Pair = { client, upstream, passed: { 'to-server': 0, 'to-client': 0 } }
  state.pairs.add(pair)
  const part = () => {
    client.destroy()
    upstream.destroy()
    state.pairs.delete(pair)
  }
  for (const socket of [client, upstream]) socket.setNoDelay(true).once('error', part).once('close', part)
  void pump(pair, 'to-server', state)
  void pump(pair, 'to-client', state)
  if (state.fault?.kind === 'half-close') client.end()
}

/** Carries the bytes of one direction until it ends, piece by piece, so that each piece meets the fault of its moment. */
async function pump(pair: Pair, direction: Direction, state: State): Promise<void> {
  const [from, to] = direction === 'to-server' ? [pair.client, pair.upstream] : [pair.upstream, pair.client]
  try {
    for await (const piece of from) {
      const passing = await meet(piece as Buffer, pair, direction, state)
      if (passing.length > 0 && !to.writableEnded) to.write(passing)
    }
    if (!to.writableEnded) to.end()
  } catch {
    // A connection that broke: its 'error' listener has parted the two ends.
  }
}

/** What of a piece passes. */
async function meet(piece: Buffer, pair: Pair, direction: Direction, { fault }: State): Promise<Buffer> {
  if (fault?.kind === 'delay') await delay(fault.ms)
  if (fault?.kind === 'blackhole') return NOTHING
  if (fault?.kind === 'swallow-answers' && direction === 'to-client') return NOTHING
  const before = pair.passed[direction]
  pair.passed[direction] += piece.length
  if (fault?.kind !== 'cut' || fault.direction !== direction || pair.passed[direction] <= fault.afterBytes) return piece
  setImmediate(() => resetPair(pair))
  return piece.subarray(0, Math.max(0, fault.afterBytes - before))
}

const NOTHING = Buffer.alloc(0)

function resetAll(state: State): void {
  for (const pair of state.pairs) resetPair(pair)
}

function resetPair({ client, upstream }: Pair): void {
  client.resetAndDestroy()
  upstream.resetAndDestroy()
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}

async function stopListening(server: Server): Promise<void> {
  if (!server.listening) return
  await new Promise((resolve) => server.close(resolve))
}
