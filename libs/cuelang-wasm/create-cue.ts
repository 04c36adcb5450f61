import { VarTrackError } from '@vartrack/errors'
import type { Cue, CueOptions, ValidateInput } from './contract.js'
import { compileModule } from './module.js'
import { type Question, type Reply, raise, toDescription, toEvaluated, toValidated } from './reply.js'
import { type Outcome, Thread } from './thread.js'

const DEFAULTS = { timeoutMs: 4500, memoryMb: 512, idleMs: 60_000 }
/** Bytes of one text; what CUE makes of it takes some hundred times as much. */
const MAX_TEXT_BYTES = 4 * 1024 * 1024

/**
 * CUE in a thread of its own. Nothing is loaded before the first call.
 * @param options limits of the thread
 */
export function createCue(options: CueOptions = {}): Cue {
  return new CueOfOneThread({ ...DEFAULTS, ...options })
}

class CueOfOneThread implements Cue {
  readonly #options: Required<CueOptions>
  #module: Promise<WebAssembly.Module> | undefined
  #thread: Thread | undefined
  #last: Promise<unknown> = Promise.resolve()
  #idle: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: Required<CueOptions>) {
    this.#options = options
  }

  async evaluate(source: string, file: string) {
    return toEvaluated(await this.#ask({ kind: 'evaluate', source, file }))
  }

  async validate({ schema, schemaFile, data, dataFile, form = 'auto' }: ValidateInput) {
    return toValidated(await this.#ask({ kind: 'validate', source: schema, file: schemaFile, data, dataFile, form }))
  }

  async describe(schema: string, file = 'schema.cue') {
    return toDescription(await this.#ask({ kind: 'describe', source: schema, file }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await this.#last
    await this.#release()
  }

  /** Questions wait for one another: the thread takes one at a time. */
  async #ask(question: Question): Promise<Reply> {
    if (this.#closed) throw new VarTrackError({ code: 'cue.closed', message: 'CUE was closed.', disposition: { kind: 'bug' } })
    refuseLong(question)
    const outcome = this.#last.then(() => this.#answer(JSON.stringify(question)))
    this.#last = outcome.catch(() => undefined)
    return raise(await outcome, question)
  }

  async #answer(question: string): Promise<Outcome> {
    clearTimeout(this.#idle)
    this.#module ??= compileModule(this.#options.memoryMb)
    this.#thread ??= await Thread.start(await this.#module, this.#options.timeoutMs)
    const outcome = await this.#thread.ask(question)
    if ('failure' in outcome) this.#thread = undefined
    this.#idle = setTimeout(() => void this.#release(), this.#options.idleMs).unref()
    return outcome
  }

  async #release(): Promise<void> {
    clearTimeout(this.#idle)
    const thread = this.#thread
    this.#thread = undefined
    await thread?.[Symbol.asyncDispose]()
  }
}

function refuseLong({ source, file, data = '', dataFile = file }: Question): void {
  for (const [text, name] of [[source, file] as const, [data, dataFile] as const]) {
    if (Buffer.byteLength(text) <= MAX_TEXT_BYTES) continue
    const message = `The text is longer than the ${MAX_TEXT_BYTES} bytes that CUE is given.`
    const remedy = 'Split the file, or leave out of it what no application reads as configuration.'
    throw new VarTrackError({ code: 'cue.too_large', message, remedy, place: { file: name } })
  }
}
