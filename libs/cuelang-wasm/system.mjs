// The system that CUE's module sees: clocks, randomness, and a place for its last words. No files, no arguments, no environment.
import { randomFillSync } from 'node:crypto'

const SUCCESS = 0
const BAD_DESCRIPTOR = 8
const NOT_SUPPORTED = 58
const LAST_WORDS_CHARACTERS = 4096

/**
 * @param {WebAssembly.Module} module whose imports are to be met
 * @param {() => WebAssembly.Memory} memory of the instance, known only after it was made
 */
export function emptySystem(module, memory) {
  let words = ''
  const view = () => new DataView(memory().buffer)
  /** @type {Record<string, (...numbers: number[]) => number>} */
  const known = {
    args_sizes_get: (count, size) => zeroes(view(), count, size),
    environ_sizes_get: (count, size) => zeroes(view(), count, size),
    args_get: () => SUCCESS,
    environ_get: () => SUCCESS,
    sched_yield: () => SUCCESS,
    fd_prestat_get: () => BAD_DESCRIPTOR,
    clock_time_get: (clock, _precision, place) => {
      const now = clock === 0 ? BigInt(Date.now()) * 1_000_000n : process.hrtime.bigint()
      view().setBigUint64(place, now, true)
      return SUCCESS
    },
    random_get: (place, size) => {
      randomFillSync(new Uint8Array(memory().buffer, place, size))
      return SUCCESS
    },
    fd_write: (_descriptor, vectors, count, written) => {
      const text = gather(view(), vectors, count)
      words = (words + text.toString()).slice(0, LAST_WORDS_CHARACTERS)
      view().setUint32(written, text.length, true)
      return SUCCESS
    },
    proc_exit: (code) => {
      throw new Error(`CUE ended with code ${code}`)
    },
  }
  const names = WebAssembly.Module.imports(module).map((each) => each.name)
  const calls = Object.fromEntries(names.map((name) => [name, known[name] ?? (() => NOT_SUPPORTED)]))
  return { calls, lastWords: () => words.trim().split('\n')[0] ?? '' }
}

/**
 * @param {DataView} view
 * @param {number[]} places
 */
function zeroes(view, ...places) {
  for (const place of places) view.setUint32(place, 0, true)
  return SUCCESS
}

/**
 * @param {DataView} view
 * @param {number} vectors address of pairs of address and length
 * @param {number} count of pairs
 */
function gather(view, vectors, count) {
  const parts = Array.from({ length: count }, (_, index) => {
    const start = view.getUint32(vectors + index * 8, true)
    const length = view.getUint32(vectors + index * 8 + 4, true)
    return Buffer.from(view.buffer, start, length)
  })
  return Buffer.concat(parts)
}
