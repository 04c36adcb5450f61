import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from './free-port.js'
import { type RunningProcess, spawnNode } from './processes.js'
import { repositoryRoot } from './repository-root.js'
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.js'

/** One line of varTrack's log. */
export interface LogLine {
  readonly level: string
  readonly msg: string
  readonly [field: string]: unknown
}

/** A process of varTrack as an operator runs it: built code, its own ports, its own data directory. */
export interface RunningVarTrack extends AsyncDisposable {
  readonly process: RunningProcess
  readonly url: string
  readonly adminUrl: string
  readonly dataDir: string
  /** Path of its config.cue. */
  readonly configPath: string
  /** Every line logged so far. */
  log(): LogLine[]
  stop(): Promise<void>
}

/** How a process is started. */
export interface StartOptions {
  /** Default: standalone. */
  readonly app?: 'standalone' | 'ingress' | 'planner' | 'writer' | 'watcher'
  /** Text of config.cue. */
  readonly bundle: string
  readonly redisUrl?: string
  readonly env?: Readonly<Record<string, string>>
  /** For those who want them fixed; default: free ones. */
  readonly port?: number
  readonly adminPort?: number
  /** Told of every line of the log, as it comes. */
  readonly onLog?: (line: LogLine) => void
}

/**
 * Starts a process of varTrack and waits until it says that it is ready.
 * @throws Error with its output when it ends before that
 */
export async function startVarTrack(options: StartOptions): Promise<RunningVarTrack> {
  const data = await temporaryDirectory('data')
  const [port, adminPort] = [options.port ?? (await freePort()), options.adminPort ?? (await freePort())]
  const configPath = join(data.path, 'config.cue')
  await writeFile(configPath, options.bundle)
  const env = {
    CONFIG_PATH: configPath,
    VT_DATA_DIR: data.path,
    PORT: String(port),
    ADMIN_ADDR: `127.0.0.1:${adminPort}`,
    REDIS_URL: options.redisUrl,
    LOG_FORMAT: 'json',
    ...options.env,
  }
  const process = spawnNode(entryOf(options.app ?? 'standalone'), env, [], { directory: data.path, onLine: listener(options.onLog) })
  try {
    await process.waitFor(/"msg":"ready"/, 60_000)
  } catch (error) {
    await process.stop()
    await data[Symbol.asyncDispose]()
    throw error
  }
  return running(process, data, configPath, port, adminPort)
}

function running(process: RunningProcess, data: TemporaryDirectory, configPath: string, port: number, adminPort: number): RunningVarTrack {
  const stop = async (): Promise<void> => {
    await process.stop(30_000)
    await data[Symbol.asyncDispose]()
  }
  return {
    process,
    url: `http://127.0.0.1:${port}`,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    dataDir: data.path,
    configPath,
    log: () => parseLog(process.output()),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function listener(onLog: StartOptions['onLog']): (line: string) => void {
  return (text) => {
    for (const line of parseLog(text)) onLog?.(line)
  }
}

function parseLog(output: string): LogLine[] {
  const lines = output.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'))
  return lines.map((line) => JSON.parse(line) as LogLine)
}

function entryOf(app: string): string {
  return join(repositoryRoot(), 'apps', app, 'dist', 'main.js')
}
