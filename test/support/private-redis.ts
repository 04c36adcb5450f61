import { startRedis } from '../servers/redis.js'
import type { RunningServer } from '../servers/running-server.js'
import { temporaryDirectory } from './temporary-directory.js'

/** A Redis of one test file's own: one that may be stopped, filled and emptied. */
export interface PrivateRedis {
  readonly url: string
  /** Where its data lie. */
  readonly directory: string
  /** Ends the server as kill -9 does. Its data stays. */
  kill(): Promise<void>
  /** Starts it again on the same port with the same data. */
  start(): Promise<void>
  /** Ends the server and removes its data. */
  remove(): Promise<void>
}

/** @param args further arguments of redis-server, such as `--maxmemory-policy allkeys-lru` */
export async function privateRedis(...args: string[]): Promise<PrivateRedis> {
  const directory = await temporaryDirectory('redis')
  let server: RunningServer = await startRedis({ directory: directory.path, args: ['--appendfsync', 'always', ...args] })
  const { url, port } = server
  return {
    url,
    directory: directory.path,
    async kill() {
      server.process.kill()
      await server.process.exited
    },
    async start() {
      server = await startRedis({ directory: directory.path, port, args: ['--appendfsync', 'always', ...args] })
    },
    async remove() {
      await server.stop()
      await directory[Symbol.asyncDispose]()
    },
  }
}
