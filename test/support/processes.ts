import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { eventually } from './eventually.js'
import { guard } from './guard.js'

/** How a process ended: `code` when by itself, `signal` when it was killed. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A child process. It does not outlive the process that started it. */
export interface RunningProcess extends AsyncDisposable {
  readonly pid: number
  /** Settles when it has ended. */
  readonly exited: Promise<Exit>
  /** What it has written so far, stdout and stderr as they came. */
  output(): string
  /**
   * Waits until the output matches.
   * @throws Error with the output when the process ended, or `timeoutMs` (default 60 s) passed, before that
   */
  waitFor(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>
  /** Sends a signal, to this process alone; default SIGKILL. */
  kill(signal?: NodeJS.Signals): void
  /** SIGTERM, and SIGKILL when it is still there after `graceMs` (default 5 s). */
  stop(graceMs?: number): Promise<Exit>
  /** SIGSTOP: it keeps its memory and connections and does nothing. */
  pause(): void
  /** SIGCONT after {@link pause}. */
  resume(): void
}

export interface SpawnOptions {
  readonly cwd?: string
  /** Added to this process's environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Removed when this process dies without having ended the child. */
  readonly directory?: string
  /** Told of every line on its standard output, as it comes. */
  readonly onLine?: (line: string) => void
}

/** Starts a program, in a process group of its own: Ctrl-C at a terminal is for its owner, who ends things in order. */
export function spawnProcess(command: string, args: readonly string[], options: SpawnOptions = {}): RunningProcess {
  const env = { ...process.env, ...options.env }
  const child = spawn(command, args, { cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  if (options.onLine && child.stdout) createInterface({ input: child.stdout }).on('line', options.onLine)
  const exited = watchExit(child, options.directory)
  const output = capture(child)
  const kill = (signal: NodeJS.Signals = 'SIGKILL') => void child.kill(signal)
  const running: RunningProcess = {
    pid: child.pid ?? 0,
    exited,
    output,
    waitFor: (pattern, timeoutMs) => waitForOutput(running, child, pattern, timeoutMs),
    kill,
    stop: (graceMs) => stop(running, graceMs),
    pause: () => kill('SIGSTOP'),
    resume: () => kill('SIGCONT'),
    [Symbol.asyncDispose]: async () => void (await running.stop()),
  }
  return running
}

/** Starts a Node program of the build's output, such as `apps/ingress/dist/main.js`. */
export function spawnNode(
  entry: string,
  env: SpawnOptions['env'] = {},
  args: readonly string[] = [],
  options: Omit<SpawnOptions, 'env'> = {},
): RunningProcess {
  return spawnProcess(process.execPath, ['--enable-source-maps', entry, ...args], { ...options, env })
}

function watchExit(child: ChildProcess, directory: string | undefined): Promise<Exit> {
  const watcher = child.pid === undefined ? undefined : guard(child.pid, directory)
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }))
    child.once('exit', (code, signal) => {
      watcher?.release()
      resolve({ code, signal })
    })
  })
}

function capture(child: ChildProcess): () => string {
  let text = ''
  const add = (part: Buffer) => {
    text += part.toString()
  }
  child.stdout?.on('data', add)
  child.stderr?.on('data', add)
  child.once('error', (error) => {
    text += error.message
  })
  return () => text
}

async function waitForOutput(running: RunningProcess, child: ChildProcess, pattern: RegExp, timeoutMs = 60_000): Promise<RegExpExecArray> {
  let ended = false
  const end = () => {
    ended = true
  }
  if (child.stdout?.closed && child.stderr?.closed) end()
  child.once('error', end).once('close', end)
  const look = () => pattern.exec(running.output()) ?? (ended ? 'ended' : undefined)
  const seen = await eventually(look, { timeoutMs }).catch(() => 'silent' as const)
  if (typeof seen !== 'string') return seen
  const what = seen === 'ended' ? 'ended' : `said nothing of it within ${timeoutMs} ms`
  throw new Error(`Waited for ${pattern} but process ${running.pid} ${what}. Its output:\n${running.output()}`)
}

async function stop(running: RunningProcess, graceMs = 5_000): Promise<Exit> {
  running.kill('SIGTERM')
  running.kill('SIGCONT')
  const deadline = setTimeout(() => running.kill('SIGKILL'), graceMs)
  const exit = await running.exited
  clearTimeout(deadline)
  return exit
}
