// The thread that runs CUE. It is JavaScript because a worker starts from a file, and Node runs no TypeScript: from the sources and from dist/ it is the same file.
import { parentPort, workerData } from 'node:worker_threads'
import { emptySystem } from './system.mjs'

/** @typedef {{memory: WebAssembly.Memory, request(size: number): number, call(): number, reply(): number, tidy(): void}} CueExports */

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const system = emptySystem(workerData.module, () => cue.memory)
const instance = await WebAssembly.instantiate(workerData.module, { wasi_snapshot_preview1: system.calls })
const { _initialize: initialize, ...exported } = instance.exports
const cue = /** @type {CueExports} */ (exported)
const start = /** @type {() => void} */ (initialize)
start()

parentPort?.on('message', (/** @type {string} */ text) => parentPort?.postMessage(answer(text), []))
parentPort?.postMessage({ kind: 'ready' }, [])

/**
 * After a trap the instance is in no known state: the host throws the thread away.
 * @param {string} text JSON of a question
 */
function answer(text) {
  try {
    return { kind: 'reply', text: ask(text), memoryBytes: cue.memory.buffer.byteLength }
  } catch (error) {
    const stack = error instanceof RangeError && /call stack/i.test(error.message)
    return { kind: 'trap', stack, message: system.lastWords() || String(error) }
  }
}

/** @param {string} text */
function ask(text) {
  const bytes = encoder.encode(text)
  const place = cue.request(bytes.length)
  new Uint8Array(cue.memory.buffer, place, bytes.length).set(bytes)
  const length = cue.call()
  const reply = decoder.decode(new Uint8Array(cue.memory.buffer, cue.reply(), length))
  cue.tidy()
  return reply
}
