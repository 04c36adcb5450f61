import { createServer } from 'node:net'

/** A TCP port on loopback that nobody listened on a moment ago. Prefer port 0 where a program can be asked which one it took. */
export async function freePort(): Promise<number> {
  return await tryPort(0)
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
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('A TCP server has no port')
  return address.port
}
