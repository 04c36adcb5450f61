import { createConnection } from 'node:net'
import { eventually } from '../support/eventually.js'
import type { RunningProcess } from '../support/processes.js'

/** Longest a server may take from its start to its first answer, in milliseconds; they take one second on an idle machine. */
export const START_TIMEOUT_MS = 60_000

/** A server that listens answers at once; it may stand still on a machine that is busy. */
const ANSWER_TIMEOUT_MS = 10_000

/**
 * Waits until a server answers a request on its TCP port with what is expected.
 * @throws Error when the process ends before that, or never answers
 */
export async function answers(process: RunningProcess, port: number, request: string, expected: RegExp): Promise<void> {
  const ended = process.exited.then(() => Promise.reject(new Error('The process ended')))
  const answer = eventually(async () => expected.test(await ask(port, request)), { timeoutMs: START_TIMEOUT_MS })
  await Promise.race([answer, ended])
}

/**
 * Sends one request on a connection of its own, and gives the first piece of the answer.
 * @throws Error when nobody listens or no answer comes within {@link ANSWER_TIMEOUT_MS}
 */
export function ask(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1', timeout: ANSWER_TIMEOUT_MS }, () => socket.write(request))
    socket.once('data', (data: Buffer) => {
      resolve(data.toString())
      socket.destroy()
    })
    socket.once('timeout', () => socket.destroy(new Error(`Port ${port} did not answer`)))
    socket.once('error', reject)
    socket.once('close', () => reject(new Error(`Port ${port} closed the connection`)))
  })
}
