import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below the ports that Linux gives to clients: one of those could be taken by any connection before its server listens. */
const [FIRST, LAST] = [15_000, 32_000]

/** A TCP port on loopback that nobody listened on a moment ago. Prefer port 0 where a program can be asked which one it took. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await tryPort(randomInt(FIRST, LAST)).catch(() => undefined)
    if (port !== undefined) return port
  }
}

/** This port if nobody listens on it, else a free one. */
export async function portOrFree(wanted: number): Promise<number> {
  return await tryPort(wanted).catch(() => freePort())
}

async function tryPort(wanted: number): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(wanted, '127.0.0.1', resolve)
  })
  await new Promise((resolve) => server.close(resolve))
  return wanted
}
