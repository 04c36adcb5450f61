import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below the ports that Linux gives to clients: one of those could be taken by any connection before its server listens. */
const [FIRST, LAST] = [15_000, 32_000]
/**
 * A port is free until its server listens, which takes a second: whoever starts servers meanwhile must not be given it, too. Test files that run side by side
 * choose from shares of their own, and so do the servers that they share (0).
 */
const SHARES = 8
const share = Number(process.env['VITEST_POOL_ID'] ?? 0) % SHARES
const given = new Set<number>()

/** A TCP port on loopback that nobody listened on a moment ago, and that is given once. Prefer port 0 where a program can be asked which one it took. */
export async function freePort(): Promise<number> {
  for (;;) {
    const chosen = randomInt(FIRST / SHARES, LAST / SHARES) * SHARES + share
    if (given.has(chosen)) continue
    given.add(chosen)
    const port = await tryPort(chosen).catch(() => undefined)
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
