import { type ChildProcess, spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import { VarTrackError } from '@vartrack/errors'
import { gitFailure } from './failure.js'

export interface GitCommand {
  readonly args: readonly string[]
  readonly cwd: string
  readonly environment: Readonly<Record<string, string>>
  /** Killed after so many ms without a byte of output or progress. */
  readonly idleMs: number
  /** Killed after so many ms in all. */
  readonly totalMs: number
  /** Written to standard input, at the pace at which it is read there. When it throws, the process is killed, and the command fails with that. */
  readonly input?: AsyncIterable<Buffer>
  /** Called with each chunk of standard output, as it comes. May throw: the process is killed. */
  readonly onOutput?: (chunk: Buffer) => void
  readonly signal: AbortSignal
}

/** Enough of standard error to tell what went wrong. */
const STDERR_LIMIT = 16 * 1024

/**
 * Runs one git command to its end. Timeout and abort kill the whole process group, so that no remote helper stays behind.
 * @throws VarTrackError `git.*` by {@link gitFailure}; `git.timeout`, `git.aborted`
 */
export function runGit(command: GitCommand): Promise<void> {
  return new Promise((resolve, reject) => {
    if (command.signal.aborted) return reject(aborted(command))
    const stdin = command.input === undefined ? 'ignore' : 'pipe'
    const child = spawn('git', command.args, { cwd: command.cwd, env: command.environment, stdio: [stdin, 'pipe', 'pipe'], detached: true })
    let stopped: Error | undefined
    const stop = (reason: Error) => {
      stopped ??= reason
      killGroup(child)
    }
    const timers = startTimers(command, () => stop(timeout(command)))
    const onAbort = () => stop(aborted(command))
    command.signal.addEventListener('abort', onAbort, { once: true })
    const complaints = collectComplaints(child, timers.touch)
    const fed = command.input === undefined ? undefined : feed(child.stdin, command.input).catch(stop)
    child.stdout?.on('data', (chunk: Buffer) => {
      timers.touch()
      if (stopped !== undefined) return
      try {
        command.onOutput?.(chunk)
      } catch (error) {
        stop(error instanceof Error ? error : new Error('the reader of the output failed', { cause: error }))
      }
    })
    child.on('error', (error) => (stopped ??= gitFailure(command.args[0] ?? '', error.message)))
    const settle = (code: number | null) => {
      timers.clear()
      command.signal.removeEventListener('abort', onAbort)
      if (stopped !== undefined) reject(stopped)
      else if (code === 0) resolve()
      else reject(gitFailure(command.args[0] ?? '', complaints()))
    }
    child.on('close', (code) => {
      if (code === 0 && fed !== undefined) void fed.then(() => settle(code))
      else settle(code)
    })
  })
}

/** Writes piece by piece. Reads the input to its end also when the command has ended before, so that whoever gives it is done with it. */
async function feed(stdin: Writable | null, input: AsyncIterable<Buffer>): Promise<void> {
  // A command that reads no further says by its end whether it had to.
  stdin?.on('error', () => undefined)
  for await (const chunk of input) await new Promise<void>((resolve) => stdin?.write(chunk, () => resolve()))
  stdin?.end()
}

/** Ends a detached child with everything it started. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    // ESRCH: it ended between the look and the kill.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function collectComplaints(child: ChildProcess, touch: () => void): () => string {
  let text = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    touch()
    text = (text + chunk.toString()).slice(-STDERR_LIMIT)
  })
  return () => text
}

function startTimers(command: GitCommand, onExpired: () => void): { touch: () => void; clear: () => void } {
  const idle = setTimeout(onExpired, command.idleMs)
  const total = setTimeout(onExpired, command.totalMs)
  return {
    touch: () => void idle.refresh(),
    clear: () => {
      clearTimeout(idle)
      clearTimeout(total)
    },
  }
}

function timeout(command: GitCommand): VarTrackError {
  return new VarTrackError({
    code: 'git.timeout',
    message: `git ${command.args[0]} made no progress for ${command.idleMs} ms, or took longer than ${command.totalMs} ms.`,
    remedy: 'Check that the Git host answers; raise the timeout of the platform for a large repository.',
    disposition: { kind: 'retry' },
  })
}

function aborted(command: GitCommand): VarTrackError {
  return new VarTrackError({
    code: 'git.aborted',
    message: `git ${command.args[0]} was stopped because its job was given up.`,
    disposition: { kind: 'retry' },
    cause: command.signal.reason,
  })
}
