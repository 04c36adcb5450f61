import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { VarTrackError } from '@vartrack/errors'
import { killGroup } from './run-git.js'

interface Question {
  readonly name: string
  readonly maxBytes: number
  readonly resolve: (object: GitObject | undefined) => void
  readonly reject: (error: unknown) => void
}

export interface GitObject {
  readonly id: string
  readonly type: string
  readonly bytes: Buffer
}

interface Pending {
  readonly id: string
  readonly type: string
  /** Content and the newline after it. */
  readonly length: number
}

/** A reader that nobody asked for so long ends its process. */
const IDLE_MS = 60_000
/** Reading an object is local: an answer that takes longer means the process is stuck. */
const STUCK_MS = 30_000

/**
 * One persistent `git cat-file --batch` of a repository: reading an object costs a round trip on a pipe, not a process.
 * Started when first asked, ended when idle.
 */
export class ObjectReader {
  #child: ChildProcessWithoutNullStreams | undefined
  #questions: Question[] = []
  #chunks: Buffer[] = []
  #length = 0
  #pending: Pending | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(
    private readonly dir: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  /**
   * The object a name stands for; `undefined`: there is none.
   * @param name without white space; callers check it
   * @param maxBytes a larger one is refused by its size, before its bytes are read
   * @throws VarTrackError `git.blob_too_large`, `git.reader_ended` (retry)
   */
  read(name: string, maxBytes: number): Promise<GitObject | undefined> {
    return new Promise((resolve, reject) => this.#ask({ name, maxBytes, resolve, reject }))
  }

  close(): void {
    this.#end(readerEnded('it was closed'))
  }

  #ask(question: Question): void {
    const child = this.#running()
    if (child === undefined) return question.reject(readerEnded('no process could be started'))
    this.#questions.push(question)
    this.#timer?.close()
    this.#timer = setTimeout(() => this.#end(readerEnded('it did not answer')), STUCK_MS)
    child.stdin.write(`${question.name}\n`)
  }

  #running(): ChildProcessWithoutNullStreams | undefined {
    if (this.#child !== undefined) return this.#child
    const child = spawn('git', ['cat-file', '--batch'], { cwd: this.dir, env: this.environment, detached: true })
    const ended = (why: string) => {
      if (this.#child === child) this.#end(readerEnded(why))
    }
    child.on('error', (error) => ended(error.message))
    // Where the machine has nothing to give, there is a child without pipes, and its error comes later.
    if (child.pid === undefined) return undefined
    child.stdout.on('data', (chunk: Buffer) => {
      if (this.#child === child) this.#take(chunk)
    })
    child.stderr.resume()
    child.stdin.on('error', (error) => ended(error.message))
    child.on('close', () => ended('its process ended'))
    child.unref()
    this.#child = child
    return child
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    while (this.#questions.length > 0 && (this.#pending === undefined ? this.#head() : this.#content()));
    if (this.#questions.length > 0) return
    this.#timer?.close()
    this.#timer = setTimeout(() => this.close(), IDLE_MS).unref()
  }

  /** Reads the line `<id> <type> <size>` or `<name> missing`; false: it is not there yet. */
  #head(): boolean {
    const bytes = this.#joined()
    const end = bytes.indexOf(10)
    if (end < 0) return false
    const words = bytes.subarray(0, end).toString().split(' ')
    this.#keep(bytes.subarray(end + 1))
    const size = Number(words[2])
    const question = this.#questions[0]
    if (question === undefined) return false
    if (words.length !== 3 || !Number.isSafeInteger(size)) this.#answer(undefined)
    else if (size > question.maxBytes) this.#refuse(tooLarge(question.name, size, question.maxBytes))
    else this.#pending = { id: words[0] ?? '', type: words[1] ?? '', length: size + 1 }
    return true
  }

  #content(): boolean {
    const pending = this.#pending
    if (pending === undefined || this.#length < pending.length) return false
    const bytes = this.#joined()
    this.#pending = undefined
    this.#keep(bytes.subarray(pending.length))
    this.#answer({ id: pending.id, type: pending.type, bytes: Buffer.from(bytes.subarray(0, pending.length - 1)) })
    return true
  }

  #answer(object: GitObject | undefined): void {
    this.#questions.shift()?.resolve(object)
  }

  /** Drops the process instead of reading a large object to its end; the questions behind it are asked again. */
  #refuse(error: VarTrackError): void {
    const [refused, ...others] = this.#questions
    this.#questions = []
    this.#end(error)
    refused?.reject(error)
    for (const question of others) this.#ask(question)
  }

  #end(error: VarTrackError): void {
    const child = this.#child
    const questions = this.#questions
    this.#timer?.close()
    this.#child = undefined
    this.#questions = []
    this.#pending = undefined
    this.#keep(Buffer.alloc(0))
    if (child !== undefined) killGroup(child)
    for (const question of questions) question.reject(error)
  }

  #joined(): Buffer {
    if (this.#chunks.length !== 1) this.#keep(Buffer.concat(this.#chunks))
    return this.#chunks[0] ?? Buffer.alloc(0)
  }

  #keep(bytes: Buffer): void {
    this.#chunks = [bytes]
    this.#length = bytes.length
  }
}

function tooLarge(name: string, size: number, maxBytes: number): VarTrackError {
  return new VarTrackError({
    code: 'git.blob_too_large',
    message: `The file ${name} has ${size} bytes; at most ${maxBytes} are read.`,
    remedy: 'Make the file smaller, or raise limits.max_file_bytes in the bundle.',
    status: 413,
  })
}

function readerEnded(why: string): VarTrackError {
  return new VarTrackError({
    code: 'git.reader_ended',
    message: `Reading from the Git cache stopped: ${why}.`,
    remedy: 'It is tried again with a new reader; if it stays so, look at the disk of GIT_CACHE_DIR.',
    disposition: { kind: 'retry' },
  })
}
