import { Worker } from 'node:worker_threads'
import { VarTrackError } from '@vartrack/errors'

/** CUE's parser and evaluator recurse; this much carries the 500 levels that the module accepts, many times over. */
const STACK_MB = 32
const START_TIMEOUT_MS = 30_000

/** What the thread posts, see worker.mjs. */
type Posted =
  | { readonly kind: 'ready' }
  | { readonly kind: 'reply'; readonly text: string; readonly memoryBytes: number }
  | { readonly kind: 'trap'; readonly stack: boolean; readonly message: string }

/** What came of a question: the reply, or how the thread failed. A thread that failed answers no more. */
export type Outcome = { readonly text: string; readonly memoryBytes: number } | { readonly failure: VarTrackError }

/** One worker thread with one instance of the module; it takes one question at a time. */
export class Thread implements AsyncDisposable {
  readonly #worker: Worker
  readonly #timeoutMs: number
  #settle: (posted: Posted | { readonly kind: 'gone' }) => void = ignore

  private constructor(module: WebAssembly.Module, timeoutMs: number) {
    this.#timeoutMs = timeoutMs
    this.#worker = new Worker(new URL('./worker.mjs', import.meta.url), {
      workerData: { module },
      env: {},
      execArgv: [],
      resourceLimits: { stackSizeMb: STACK_MB },
    })
    this.#worker.on('message', (posted: Posted) => this.#settle(posted))
    this.#worker.on('error', () => this.#settle({ kind: 'gone' }))
    this.#worker.on('exit', () => this.#settle({ kind: 'gone' }))
  }

  /**
   * Starts a thread and waits until it takes questions.
   * @param module the compiled module
   * @param timeoutMs for one question
   */
  static async start(module: WebAssembly.Module, timeoutMs: number): Promise<Thread> {
    const thread = new Thread(module, timeoutMs)
    const posted = await thread.#next(START_TIMEOUT_MS)
    if (posted.kind === 'ready') return thread
    await thread[Symbol.asyncDispose]()
    throw new VarTrackError({ code: 'cue.internal', message: 'The CUE module did not start.', disposition: { kind: 'bug' } })
  }

  /** Asks one question. Keeps the process alive until it is answered. */
  async ask(question: string): Promise<Outcome> {
    this.#worker.ref()
    this.#worker.postMessage(question, [])
    const posted = await this.#next(this.#timeoutMs)
    this.#worker.unref()
    if (posted.kind === 'reply') return posted
    await this[Symbol.asyncDispose]()
    return { failure: failureOf(posted, this.#timeoutMs) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate()
  }

  #next(timeoutMs: number): Promise<Posted | { readonly kind: 'gone' | 'late' }> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve({ kind: 'late' }), timeoutMs)
      this.#settle = (posted) => {
        clearTimeout(timer)
        resolve(posted)
      }
    })
  }
}

function failureOf(posted: Posted | { readonly kind: 'gone' | 'late' }, timeoutMs: number): VarTrackError {
  if (posted.kind === 'late') {
    const message = `CUE was not done after ${timeoutMs} ms.`
    return new VarTrackError({ code: 'cue.timeout', message, remedy: 'Look for comprehensions or disjunctions that multiply.' })
  }
  if (posted.kind === 'trap' && posted.stack) {
    return new VarTrackError({ code: 'cue.too_deep', message: 'CUE ran out of stack.', remedy: 'Nest the file less deeply.' })
  }
  if (posted.kind === 'trap' && !/memory/i.test(posted.message)) {
    return new VarTrackError({ code: 'cue.internal', message: `CUE gave up: ${posted.message}`, disposition: { kind: 'bug' } })
  }
  return new VarTrackError({ code: 'cue.memory', message: 'CUE ran out of memory.', remedy: 'Look for values that grow with each step.' })
}

function ignore(): void {
  return undefined
}
