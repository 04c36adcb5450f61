import { createConnection, createServer, type Socket } from 'node:net'
import type { Wire } from './wire.js'

/** When a client is cut off from its store for good. */
export interface Stop {
  /** Counted from the last {@link StepProxy.count}, from 1. */
  readonly step: number
  /** `sent`: the step is on its way to the store, and its answer comes to nobody. `answered`: the client goes on, and its next step is not sent. */
  readonly after: 'sent' | 'answered'
}

/** A proxy on loopback that knows the steps of a client's work, and can end its connections between any two of them as the death of the client would. */
export interface StepProxy extends AsyncDisposable {
  readonly port: number
  /** Steps since the last `count`. */
  steps(): number
  /** Counts from here. Without a stop everything passes. @param onStopped runs at that moment, before anything else passes */
  count(stop?: Stop, onStopped?: () => void): void
  /** Has it come to the stop? */
  stopped(): boolean
}

interface Counting {
  steps: number
  stop: Stop | undefined
  onStopped: (() => void) | undefined
  stopped: boolean
  readonly pairs: Set<Pair>
}

interface Pair {
  readonly client: Socket
  readonly store: Socket
}

/** Starts a proxy in front of a store on loopback. */
export async function startStepProxy(target: number, wire: Wire): Promise<StepProxy> {
  const counting: Counting = { steps: 0, stop: undefined, onStopped: undefined, stopped: false, pairs: new Set() }
  const server = createServer((client) => join(client, target, wire, counting))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    steps: () => counting.steps,
    stopped: () => counting.stopped,
    count(stop, onStopped) {
      Object.assign(counting, { steps: 0, stop, onStopped })
    },
    async [Symbol.asyncDispose]() {
      for (const { client, store } of counting.pairs) for (const socket of [client, store]) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Whoever connects after the stop is as dead as what is connected. */
function join(client: Socket, target: number, wire: Wire, counting: Counting): void {
  if (counting.stopped) return void client.resetAndDestroy()
  const store = createConnection({ port: target, host: '127.0.0.1' })
  const pair = { client, store }
  counting.pairs.add(pair)
  const part = () => {
    client.destroy()
    store.destroy()
    counting.pairs.delete(pair)
  }
  for (const socket of [client, store]) socket.setNoDelay(true).on('error', part).on('close', part)
  store.on('data', (bytes) => client.write(bytes))
  let waiting = Buffer.alloc(0)
  client.on('data', (bytes) => {
    waiting = Buffer.concat([waiting, bytes])
    for (let length = wire.length(waiting); length !== undefined && !counting.stopped; length = wire.length(waiting)) {
      pass(waiting.subarray(0, length), store, wire, counting)
      waiting = waiting.subarray(length)
    }
  })
}

function pass(message: Buffer, store: Socket, wire: Wire, counting: Counting): void {
  const { stop } = counting
  if (!wire.isStep(message)) return void store.write(message)
  if (stop?.after === 'answered' && counting.steps === stop.step) return die(counting)
  counting.steps += 1
  store.write(message)
  if (stop?.after === 'sent' && counting.steps === stop.step) die(counting)
}

/** What was sent arrives; nothing comes back. */
function die(counting: Counting): void {
  counting.stopped = true
  counting.onStopped?.()
  for (const { client, store } of counting.pairs) {
    client.removeAllListeners('close').resetAndDestroy()
    store.end()
  }
}
