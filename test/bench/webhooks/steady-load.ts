import { Agent, type RequestOptions, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

/** One request of a load. */
export interface LoadRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** How a load was answered. */
export interface LoadReport {
  /** Milliseconds from the moment each request was due to the end of its answer: one that had to wait for its turn counts its waiting. */
  readonly times: readonly number[]
  /** Status to how often; 0: no answer. */
  readonly statuses: ReadonlyMap<number, number>
}

const SOCKETS = 128
/** Requests that are due are sent together so often, in ms. */
const TICK_MS = 10

/**
 * Sends requests at a steady rate, whether or not the earlier ones were answered.
 * @param perSecond requests due each second
 * @param make the request of a number, from 0
 */
export async function steadyLoad(url: string, perSecond: number, count: number, make: (index: number) => LoadRequest): Promise<LoadReport> {
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS })
  const started = performance.now()
  const dueAt = (index: number) => started + (index / perSecond) * 1000
  const times: number[] = []
  const statuses = new Map<number, number>()
  const sendOne = async (index: number) => {
    const status = await post(url, agent, make(index))
    times.push(performance.now() - dueAt(index))
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }
  const sent: Promise<void>[] = []
  while (sent.length < count) {
    while (sent.length < count && dueAt(sent.length) <= performance.now()) sent.push(sendOne(sent.length))
    await pause(TICK_MS)
  }
  await Promise.all(sent)
  agent.destroy()
  return { times, statuses }
}

/** @returns the status; 0 when nobody answered */
function post(url: string, agent: Agent, { headers, body }: LoadRequest): Promise<number> {
  const options: RequestOptions = { method: 'POST', agent, headers: { ...headers, 'content-length': body.length } }
  return new Promise((resolve) => {
    const sending = request(url, options, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode ?? 0))
    })
    sending.once('error', () => resolve(0))
    sending.end(body)
  })
}
