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
      view().setBigUint64(place, now(clock ?? 0), true)
      return SUCCESS
    },
    random_get: (place, size) => {
      randomFillSync(new Uint8Array(memory().buffer, place, size))
      return SUCCESS
    },
    poll_oneoff: (asked, answered, count, events) => {
      view().setUint32(events, sleep(view(), asked, answered, count), true)
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

// A subscription and its event (WASI preview 1, `subscription` and `event`), in bytes.
const SUBSCRIPTION = 48
const EVENT = 32
const NANOSECONDS_PER_MS = 1_000_000

/**
 * Go's scheduler sleeps in this call while its collector has work for later. The clocks that it names are waited for, nothing else can happen here.
 * @param {DataView} view
 * @param {number} asked address of subscriptions
 * @param {number} answered address for their events
 * @param {number} count of subscriptions
 * @returns {number} of events
 */
function sleep(view, asked, answered, count) {
  const clocks = Array.from({ length: count }, (_, index) => asked + index * SUBSCRIPTION).filter((place) => view.getUint8(place + 8) === 0)
  const waits = clocks.map((place) => waitOf(view, place))
  const shortest = Math.min(...waits)
  if (clocks.length > 0 && shortest > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, shortest)
  const due = clocks.filter((_, index) => waits[index] === shortest)
  for (const [index, place] of due.entries()) {
    const event = answered + index * EVENT
    for (let offset = 0; offset < EVENT; offset += 8) view.setBigUint64(event + offset, 0n, true)
    view.setBigUint64(event, view.getBigUint64(place, true), true)
  }
  return due.length
}

/**
 * @param {DataView} view
 * @param {number} place of a subscription to a clock
 * @returns {number} milliseconds until it is due
 */
function waitOf(view, place) {
  const timeout = view.getBigUint64(place + 24, true)
  const isAbsolute = (view.getUint16(place + 40, true) & 1) === 1
  return Number(isAbsolute ? timeout - now(view.getUint32(place + 16, true)) : timeout) / NANOSECONDS_PER_MS
}

/** @param {number} clock 0: wall time, else monotonic; in ns */
function now(clock) {
  return clock === 0 ? BigInt(Date.now()) * BigInt(NANOSECONDS_PER_MS) : process.hrtime.bigint()
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
