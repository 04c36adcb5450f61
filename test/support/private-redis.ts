import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'

/** A Redis of one test file's own: one that may be stopped, filled and emptied. */
export interface PrivateRedis {
  readonly url: string
  readonly port: number
  /** Ends the server as kill -9 would, or in order. Its data stays. */
  stop(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>
  /** Starts it again on the same port with the same data. */
  start(): Promise<void>
  /** Ends the server and removes its data. */
  remove(): Promise<void>
}

/** @param settings further arguments of redis-server, such as `--maxmemory-policy allkeys-lru` */
export async function privateRedis(...settings: string[]): Promise<PrivateRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'vt-redis-'))
  const port = await freePort()
  let server: ChildProcess | undefined
  const killWithUs = () => server?.kill('SIGKILL')
  process.once('exit', killWithUs)
  const stop = async (signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL') => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const ended = once(server, 'exit')
    server.kill(signal)
    await ended
  }
  const start = async () => {
    server = spawn('redis-server', [...ARGUMENTS, '--port', String(port), '--dir', dir, ...settings], { stdio: 'ignore' })
    await answers(port)
  }
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    stop,
    start,
    async remove() {
      await stop()
      process.off('exit', killWithUs)
      await rm(dir, { recursive: true, force: true })
    },
  }
}

const ARGUMENTS = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'yes', '--appendfsync', 'always']

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function answers(port: number): Promise<void> {
  const redis = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null, retryStrategy: () => 20 })
  redis.on('error', () => undefined)
  await redis.ping()
  redis.disconnect()
}
