import { findRedisServer } from '@vartrack/runtime'
import { cacheDirectory } from '../setup/paths.mjs'
import { answers } from './ask.js'
import { launch } from './launch.js'
import type { RunningServer, ServerOptions } from './running-server.js'

export interface RedisOptions extends ServerOptions {
  /** Further arguments, such as `['--maxmemory', '50mb']`; they win over the usual ones. */
  readonly args?: readonly string[]
}

/** As many databases as one run of the tests may take, one per test file or test; an empty one costs a few bytes. */
export const REDIS_DATABASES = 2048

/** Starts a Redis of its own: it writes to its directory, evicts nothing, and asks for no password. */
export function startRedis({ args = [], ...options }: RedisOptions = {}): Promise<RunningServer> {
  return launch(
    {
      name: 'redis',
      command: async (port) => [await redisProgram(), ...usual(port), ...args],
      // One that asks for a password says so once it is there.
      ready: (process, port) => answers(process, port, 'PING\r\n', /^(\+PONG|-NOAUTH)/),
      url: (port) => `redis://127.0.0.1:${port}`,
    },
    options,
  )
}

/** The program that runs as Redis: the machine's, else the one of the set-up. */
export function redisProgram(): Promise<string> {
  return findRedisServer(cacheDirectory(), () => undefined)
}

function usual(port: number): string[] {
  const listen = ['--port', String(port), '--bind', '127.0.0.1', '--databases', String(REDIS_DATABASES)]
  return [...listen, '--appendonly', 'yes', '--save', '', '--maxmemory-policy', 'noeviction']
}
