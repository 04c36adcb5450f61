import { Worker } from 'node:worker_threads'
import { VarTrackError } from '@vartrack/errors'
import type { WorkerReply, WorkerRequest } from './worker-protocol.js'

export interface ThreadOptions {
  readonly timeoutMs: number
  readonly maxMemoryMb: number
  readonly entry: URL
}

/** One parser thread; it works on one request at a time. */
export interface Thread {
  readonly maxMemoryMb: number
  /** @throws VarTrackError `limit.time`, `limit.memory`; the signal's reason when it is aborted. After any of these the thread is gone. */
  run(request: WorkerRequest, signal: AbortSignal | undefined): Promise<WorkerReply>
  usable(): boolean
  /** Ends the thread; a request under way is rejected with the error. */
  end(error: VarTrackError): Promise<void>
}

/** Recursion of the parsers is bounded by the depth limit; this is the stack for it, in MiB. */
const STACK_MB = 4
/** Objects live here until they survive two collections, in MiB. */
export const YOUNG_MB = 16

interface Pending {
  resolve(reply: WorkerReply): void
  reject(error: unknown): void
  /** Stops the clock and the watch on the signal. */
  disarm(): void
  readonly path: string
}

/** Starts a thread. While it has nothing to do it does not keep the process alive. */
export function createThread(options: ThreadOptions): Thread {
  const worker = new Worker(options.entry, {
    // The entry is compiled: it must not inherit a condition that resolves packages to their sources.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: options.maxMemoryMb, maxYoungGenerationSizeMb: YOUNG_MB, stackSizeMb: STACK_MB },
  })
  let pending: Pending | undefined
  let usable = true

  const settle = (finish: (request: Pending) => void) => {
    const request = pending
    pending = undefined
    worker.unref()
    request?.disarm()
    if (request !== undefined) finish(request)
  }
  const lose = (error: unknown) => {
    usable = false
    settle((request) => request.reject(error))
  }
  const stop = async (error: unknown) => {
    lose(error)
    await worker.terminate()
  }
  worker.unref()
  worker.on('message', (reply: WorkerReply) => settle((request) => request.resolve(reply)))
  worker.on('error', (error) => lose(pending === undefined ? error : lost(error, pending.path, options)))
  worker.on('exit', () => lose(lost(new Error('the parser thread ended'), pending?.path ?? '', options)))

  return {
    maxMemoryMb: options.maxMemoryMb,
    run: (request, signal) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => void stop(outOfTime(request.path, options)), options.timeoutMs)
        const abort = () => void stop(signal?.reason)
        const disarm = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', abort)
        }
        signal?.addEventListener('abort', abort)
        pending = { resolve, reject, disarm, path: request.path }
        worker.ref()
        worker.postMessage(request, [request.bytes.buffer])
      }),
    usable: () => usable,
    end: (error) => stop(error),
  }
}

function lost(error: Error & { code?: unknown }, path: string, options: ThreadOptions): VarTrackError {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new VarTrackError({
      code: 'limit.memory',
      message: `Parsing the file needs more than ${options.maxMemoryMb} MiB of memory.`,
      remedy: 'Split the file, or write it as JSON, which needs far less.',
      place: { file: path },
      cause: error,
    })
  }
  return new VarTrackError({
    code: 'format.thread_lost',
    message: `The parser thread was lost: ${error.message}.`,
    remedy: 'If this happens again with the same file, report it: it is a defect of varTrack.',
    place: { file: path },
    disposition: { kind: 'retry' },
    cause: error,
  })
}

function outOfTime(path: string, options: ThreadOptions): VarTrackError {
  return new VarTrackError({
    code: 'limit.time',
    message: `Parsing the file took more than ${options.timeoutMs} ms and was stopped.`,
    remedy: 'Split the file, or write it as JSON, which is parsed far faster.',
    place: { file: path },
  })
}
