import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { VarTrackError } from '@vartrack/errors'
import { Redis } from 'ioredis'
import type { RedisTarget } from './redis-connection.js'

/** Which server to start, and where its data lies. */
export interface EmbeddedRedisOptions {
  /** The server binary (`findRedisServer`). */
  readonly binary: string
  /** VT_DATA_DIR; the data lies in `redis` below it. */
  readonly dataDir: string
  /** Told, with `redis.embedded_ended`, when the server ends by itself after it has started. */
  readonly onEnd: (error: VarTrackError) => void
}

/** A Redis that belongs to this process: on a unix socket, with a password, its data kept. */
export interface EmbeddedRedis {
  readonly target: RedisTarget
  close(): Promise<void>
}

/** Longest path of a unix socket on Linux, in bytes, less its end. */
const MAX_SOCKET_BYTES = 107
const START_TIMEOUT_MS = 30_000

/**
 * Starts a Redis server that ends with this process, however that ends. One that an earlier process left behind is ended in order first, its data is kept.
 * @throws VarTrackError `redis.embedded`
 */
export async function startEmbeddedRedis({ binary, dataDir, onEnd }: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
  const dir = join(dataDir, 'redis')
  const socket = join(dir, 'redis.sock')
  if (Buffer.byteLength(socket) > MAX_SOCKET_BYTES)
    throw failure(`the path ${socket} is too long for a unix socket`, 'Set VT_DATA_DIR to a shorter path.')
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await chmod(dir, 0o700)
  const password = await keptPassword(join(dir, 'password'))
  await endLeftOver(socket, password, join(dir, 'owner'))
  await writeFile(join(dir, 'owner'), String(process.pid))
  const server = spawn(binary, ['-'], { cwd: dir, stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  server.stdin.on('error', () => undefined) // The server's end says more than a pipe's.
  server.stdin.end(settings(dir, socket, password))
  const ended = endOf(server)
  const release = endWithUs(server)
  const log = join(dir, 'redis.log')
  await Promise.race([answers(socket, password), ended.then((how) => Promise.reject(failure(how, `Look at ${log}.`)))])
  let closing = false
  void ended.then((how) => closing || onEnd(endedByItself(how, log)))
  return {
    target: { socket, password },
    close() {
      closing = true
      return close(server, release)
    },
  }
}

/** By standard input: an argument would show the password to everyone on the machine. */
function settings(dir: string, socket: string, password: string): string {
  return `port 0
unixsocket ${quoted(socket)}
unixsocketperm 600
requirepass ${password}
dir ${quoted(dir)}
logfile ${quoted(join(dir, 'redis.log'))}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
`
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** Kept, so that a server left behind can still be spoken to. */
async function keptPassword(file: string): Promise<string> {
  const known = await readFile(file, 'utf8').catch(() => '')
  if (/^[0-9a-f]{48}$/.test(known)) return known
  const password = randomBytes(24).toString('hex')
  await writeFile(file, password, { mode: 0o600 })
  return password
}

async function endLeftOver(socket: string, password: string, ownerFile: string): Promise<void> {
  const left = await reach(socket, password)
  try {
    const owner = Number(await readFile(ownerFile, 'utf8').catch(() => '0'))
    if (left && owner !== process.pid && isAlive(owner))
      throw failure(`process ${owner} uses it already`, 'End that process, or set another VT_DATA_DIR.')
    await left?.shutdown('NOSAVE').catch(() => undefined) // It answers by going away.
  } finally {
    left?.disconnect()
  }
  await rm(socket, { force: true })
}

/** A connection to whoever listens on the socket; `undefined` when nobody does. */
async function reach(socket: string, password: string): Promise<Redis | undefined> {
  const redis = new Redis(socket, { password, lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 })
  redis.on('error', () => undefined) // `connect` and every command tell it, too.
  try {
    await redis.connect()
    return redis
  } catch {
    redis.disconnect()
    return undefined
  }
}

function isAlive(pid: number): boolean {
  if (pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function answers(socket: string, password: string): Promise<void> {
  const until = performance.now() + START_TIMEOUT_MS
  while (performance.now() < until) {
    const redis = await reach(socket, password)
    redis?.disconnect()
    if (redis) return
    await delay(20)
  }
  throw failure('it did not answer in time', 'Look at redis.log in its data directory.')
}

async function endOf(server: ChildProcess): Promise<string> {
  const [code, signal] = (await once(server, 'exit').catch((error: Error) => [error.message, null])) as [number | string | null, string | null]
  return `the server ended (${signal ?? code})`
}

/** A shell that waits on a pipe of ours: when we are gone, however we went, the pipe ends and it ends the server. */
function endWithUs(server: ChildProcess): () => void {
  const script = 'trap "" INT TERM HUP; if read -r _; then exit 0; fi; kill "$1" 2>/dev/null'
  const guard = spawn('sh', ['-c', script, 'sh', String(server.pid)], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  guard.unref()
  guard.stdin.on('error', () => undefined) // The guard itself was ended.
  return () => guard.stdin.end('\n')
}

async function close(server: ChildProcess, release: () => void): Promise<void> {
  release()
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = once(server, 'exit')
  server.kill('SIGTERM')
  await ended
}

function failure(what: string, remedy: string): VarTrackError {
  return new VarTrackError({ code: 'redis.embedded', message: `varTrack's own Redis could not be started: ${what}.`, remedy })
}

function endedByItself(how: string, log: string): VarTrackError {
  return new VarTrackError({
    code: 'redis.embedded_ended',
    message: `varTrack's own Redis is gone: ${how}.`,
    remedy: `Look at ${log}, then start varTrack again: what Redis held is kept or comes back from Git.`,
  })
}
