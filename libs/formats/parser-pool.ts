import { VarTrackError } from '@vartrack/errors'
import type { Format, Parsed, ParseOptions, Position } from './contract.js'
import { detectFormat } from './detect-format.js'
import { locate } from './locate.js'
import { parseBytes } from './parse-file.js'
import { createThread, type Thread } from './parser-thread.js'
import { fileTooLarge } from './source-text.js'
import { fromWire, type WorkerReply, type WorkerRequest } from './worker-protocol.js'

export interface ParserPoolOptions {
  /** Most threads; they start when they are needed. */
  readonly workers: number
  /** Time for one file, in milliseconds. Default 4500: a bomb is to be refused within 5 s, by a busy machine too. */
  readonly timeoutMs?: number
  /** Heap of one thread, in MiB. Default 128, and 96 for a file of more than 4 MiB: with the file, its text and the thread itself a bomb takes less than 150. */
  readonly maxMemoryMb?: number
  /** The thread's compiled entry, where it does not lie beside this package (a bundle). */
  readonly workerUrl?: URL
}

/** Parses files off the event loop, within time and memory. */
export interface ParserPool extends AsyncDisposable {
  /**
   * As `parseFile`, in a thread: JSON, HCL and small files of cheap formats are done at once.
   * @throws VarTrackError `format.*`; `limit.bytes`, `limit.keys`, `limit.time`, `limit.memory`; the signal's reason when it is aborted
   */
  parse(bytes: Buffer, path: string, options: ParseOptions): Promise<Parsed>
  /** As `locate`, in a thread. Places that are not found within time and memory are `undefined`. */
  locate(bytes: Buffer, path: string, format: Format, json: Buffer, columns: readonly number[]): Promise<readonly (Position | undefined)[]>
}

/** Up to here a file of a format is parsed in the calling thread: below a millisecond, and a bomb of that size a few. */
const INLINE_BYTES: Readonly<Record<Format, number>> = {
  json: Number.POSITIVE_INFINITY,
  hcl: Number.POSITIVE_INFINITY,
  env: 16_384,
  properties: 16_384,
  ini: 16_384,
  toml: 16_384,
  xml: 8_192,
  yaml: 2_048,
}

/**
 * Opens a pool of parser threads. A thread that runs out of time or memory is ended and replaced; the pool goes on.
 * The threads run the compiled `dist/worker.js`, from sources too (`tsc -b` comes first): Node cannot start a thread from TypeScript.
 */
export function createParserPool(options: ParserPoolOptions): ParserPool {
  const threads = createThreads(options)
  return {
    parse: async (bytes, path, { format: override, limits, signal }) => {
      signal?.throwIfAborted()
      const format = detectFormat(path, override)
      if (bytes.length > limits.maxFileBytes) throw fileTooLarge(bytes.length, path, limits)
      if (bytes.length <= INLINE_BYTES[format]) return parseBytes(bytes, path, format, limits)
      const reply = await threads.run({ kind: 'parse', bytes: new Uint8Array(bytes), path, format, limits }, signal)
      if (reply.kind === 'refused') throw fromWire(reply.error)
      if (reply.kind !== 'parsed') throw new Error(`a parser thread answered ${reply.kind} to parse`)
      return { coreFormat: 'json', bytes: Buffer.from(reply.bytes.buffer), derived: true, rootKeyAnyDepth: reply.rootKeyAnyDepth }
    },
    locate: async (bytes, path, format, json, columns) => {
      if (bytes.length <= INLINE_BYTES.yaml) return locate(bytes, path, format, json, columns)
      const request = { kind: 'locate', bytes: new Uint8Array(bytes), path, format, json: new Uint8Array(json), columns } as const
      const reply = await threads.run(request, undefined).catch(withoutPlaces)
      return reply.kind === 'located' && reply.positions.length > 0 ? reply.positions : columns.map(() => undefined)
    },
    [Symbol.asyncDispose]: () => threads.close(),
  }
}

/** An error without its place is better than an error about the place. */
function withoutPlaces(error: unknown): WorkerReply {
  if (error instanceof VarTrackError && error.code.startsWith('limit.')) return { kind: 'located', positions: [] }
  throw error
}

/** The heap comes on top of a file's bytes and text: for a larger file it is smaller, so that no bomb takes 150 MB in all. */
const LARGE_BYTES = 4 * 1024 * 1024
const MEMORY_MB = 128
const MEMORY_FOR_LARGE_MB = 96

interface Threads {
  run(request: WorkerRequest, signal: AbortSignal | undefined): Promise<WorkerReply>
  close(): Promise<void>
}

/** First come, first served over at most `workers` threads. */
function createThreads(options: ParserPoolOptions): Threads {
  const { timeoutMs = 4500, workerUrl: entry = defaultEntry() } = options
  const memoryFor = ({ bytes }: WorkerRequest) => options.maxMemoryMb ?? (bytes.length > LARGE_BYTES ? MEMORY_FOR_LARGE_MB : MEMORY_MB)
  const idle: Thread[] = []
  const all = new Set<Thread>()
  const waiting: (() => void)[] = []
  let closed = false

  /** Of the size that is wanted, if there is one. One that was lost while idle is forgotten here. */
  const takeIdle = (maxMemoryMb: number): Thread | undefined => {
    const found = idle.findIndex((thread) => thread.maxMemoryMb === maxMemoryMb)
    const thread = found < 0 ? undefined : idle.splice(found, 1)[0]
    if (thread === undefined || thread.usable()) return thread
    all.delete(thread)
    return takeIdle(maxMemoryMb)
  }
  /** Waits until there may be room: one of another size has ended, for two heaps would be too much, or one is free again. */
  const room = async (): Promise<void> => {
    const unwanted = idle.pop()
    if (unwanted === undefined) return new Promise((resolve) => waiting.push(resolve))
    await unwanted.end(poolClosed())
    all.delete(unwanted)
  }
  const claim = async (maxMemoryMb: number): Promise<Thread> => {
    for (;;) {
      if (closed) throw poolClosed()
      const thread = takeIdle(maxMemoryMb) ?? (all.size < options.workers ? createThread({ timeoutMs, maxMemoryMb, entry }) : undefined)
      if (thread !== undefined) {
        all.add(thread)
        return thread
      }
      await room()
    }
  }
  const release = (thread: Thread) => {
    if (thread.usable()) idle.push(thread)
    else all.delete(thread)
    waiting.shift()?.()
  }
  return {
    run: async (request, signal) => {
      const thread = await claim(memoryFor(request))
      try {
        if (closed) throw poolClosed()
        signal?.throwIfAborted()
        return await thread.run(request, signal)
      } finally {
        release(thread)
      }
    },
    close: async () => {
      closed = true
      for (const wake of waiting.splice(0)) wake()
      await Promise.all([...all].map((thread) => thread.end(poolClosed())))
    },
  }
}

function defaultEntry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './dist/worker.js' : './worker.js', import.meta.url)
}

function poolClosed(): VarTrackError {
  return new VarTrackError({
    code: 'format.pool_closed',
    message: 'The process is stopping and parses no more files.',
    remedy: 'Nothing has to be done: the job runs again in another process.',
    disposition: { kind: 'retry' },
  })
}
