import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'
import type { Wire } from './wire.js'

/** When a client is stopped. */
export interface Stop {
  /** Counted from the last {@link StepProxy.count}, from 1; 0: before the first. */
  readonly step: number
  /** `sent`: the store does the step, and its answer comes to nobody. `answered`: the client goes on, and its next step is not sent. */
  readonly after: 'sent' | 'answered'
  /** `dead`, which is the default: its connections end as the death of the client would end them. `held`: they stay, and nothing of it goes further. */
  readonly fate?: 'dead' | 'held'
}

/** A proxy on loopback that knows the steps of a client's work, and can end or hold its connections between any two of them. */
export interface StepProxy extends AsyncDisposable {
  readonly port: number
  /** The steps since the last `count`: what the client sent. */
  steps(): readonly Step[]
  /** Counts from here. Without a stop everything passes. @param onStopped runs at that moment, before anything else passes */
  count(stop?: Stop, onStopped?: () => void): void
  /** Has it come to the stop? */
  stopped(): boolean
  /** Whoever was held goes on. */
  letOn(): void
  /** Whoever was held is dead; what they had sent arrives in the end. Done when the store has answered it. */
  deliverLate(): Promise<void>
}

export interface Step {
  /** From 1. */
  readonly number: number
  /** Can the store be another one after it? */
  readonly isChange: boolean
}

interface Counting {
  steps: Step[]
  stop: Stop | undefined
  onStopped: (() => void) | undefined
  phase: 'passing' | 'dead' | 'held'
  readonly onChange: ((message: Buffer) => void) | undefined
  readonly pairs: Set<Pair>
}

interface Pair {
  readonly client: Socket
  readonly store: Socket
  readonly held: Buffer[]
}

/** Starts a proxy in front of a store on loopback. @param onChange is told of every message that may change what lies there */
export async function startStepProxy(target: number, wire: Wire, onChange?: (message: Buffer) => void): Promise<StepProxy> {
  const counting: Counting = { steps: [], stop: undefined, onStopped: undefined, phase: 'passing', pairs: new Set(), onChange }
  const server = createServer((client) => join(client, target, wire, counting))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    steps: () => counting.steps,
    stopped: () => counting.phase !== 'passing',
    count: (stop, onStopped) => void Object.assign(counting, { steps: [], stop, onStopped }),
    letOn: () => letOn(counting),
    deliverLate: () => deliverLate(counting),
    async [Symbol.asyncDispose]() {
      for (const { client, store } of counting.pairs) for (const socket of [client, store]) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Whoever connects after a death is as dead as what is connected. */
function join(client: Socket, target: number, wire: Wire, counting: Counting): void {
  if (counting.phase === 'dead') return void client.resetAndDestroy()
  const store = createConnection({ port: target, host: '127.0.0.1' })
  const pair = { client, store, held: [] }
  counting.pairs.add(pair)
  const part = () => {
    client.destroy()
    store.destroy()
    counting.pairs.delete(pair)
  }
  for (const socket of [client, store]) socket.setNoDelay(true).on('error', part).on('close', part)
  store.on('data', (bytes) => counting.phase !== 'dead' && client.write(bytes))
  let waiting = Buffer.alloc(0)
  client.on('data', (bytes) => {
    waiting = Buffer.concat([waiting, bytes])
    for (let length = wire.length(waiting); length !== undefined && counting.phase !== 'dead'; length = wire.length(waiting)) {
      pass(waiting.subarray(0, length), pair, wire, counting)
      waiting = waiting.subarray(length)
    }
  })
}

function pass(message: Buffer, pair: Pair, wire: Wire, counting: Counting): void {
  if (!wire.isStep(message)) return void pair.store.write(message)
  const { stop, steps } = counting
  const isAt = (after: Stop['after']) => stop?.after === after && steps.length === stop.step && counting.phase === 'passing'
  if (isAt('answered')) halt(counting)
  if (counting.phase === 'dead') return
  if (counting.phase === 'held') return void pair.held.push(message)
  const isChange = wire.isChange(message)
  if (isChange) counting.onChange?.(message)
  steps.push({ number: steps.length + 1, isChange })
  if (isAt('sent')) haltOnceAnswered(counting, pair)
  pair.store.write(message)
}

function halt(counting: Counting): void {
  counting.phase = counting.stop?.fate ?? 'dead'
  counting.onStopped?.()
  if (counting.phase === 'dead') for (const pair of counting.pairs) cut(pair).store.end()
}

/** Nothing else is sent meanwhile. */
function haltOnceAnswered(counting: Counting, { store }: Pair): void {
  counting.phase = 'dead'
  store.once('data', () => halt(counting))
}

/** What was sent arrives; nothing comes back. */
function cut(pair: Pair): Pair {
  pair.client.removeAllListeners('close').resetAndDestroy()
  return pair
}

function letOn(counting: Counting): void {
  Object.assign(counting, { phase: 'passing', stop: undefined })
  for (const { store, held } of counting.pairs) for (const message of held.splice(0)) store.write(message)
}

async function deliverLate(counting: Counting): Promise<void> {
  counting.phase = 'dead'
  await Promise.all([...counting.pairs].map(deliver))
}

async function deliver(pair: Pair): Promise<void> {
  const { store, held } = cut(pair)
  const answered = held.length === 0 ? undefined : Promise.race([once(store, 'data'), once(store, 'close')])
  for (const message of held.splice(0)) store.write(message)
  await answered
  store.end()
}
