const PAGE_BYTES = 65_536
const HEADER_BYTES = 8
const MEMORY_SECTION = 5

/**
 * Writes a maximum into the memory section of a WebAssembly module (WebAssembly core specification 5.5.8): beyond it `memory.grow` fails, which the
 * resource limits of a worker do not achieve, because this memory is outside the heap of V8.
 * @param wasm module with one memory of its own
 * @param maxBytes rounded down to whole pages of 64 KiB
 */
export function capMemory(wasm: Uint8Array, maxBytes: number): Uint8Array<ArrayBuffer> {
  const section = findSection(wasm, MEMORY_SECTION)
  const [, minimum] = readLimits(wasm, section.start)
  const pages = Math.max(minimum, Math.floor(maxBytes / PAGE_BYTES))
  const content = [1, 1, ...leb128(minimum), ...leb128(pages)]
  return Uint8Array.from(
    Buffer.concat([wasm.subarray(0, section.from), Buffer.from([MEMORY_SECTION, ...leb128(content.length), ...content]), wasm.subarray(section.end)]),
  )
}

function findSection(wasm: Uint8Array, wanted: number): { from: number; start: number; end: number } {
  for (let from = HEADER_BYTES; from < wasm.length; ) {
    const [start, size] = readLeb128(wasm, from + 1)
    if (wasm[from] === wanted) return { from, start, end: start + size }
    from = start + size
  }
  throw new Error(`the module has no section ${wanted}`)
}

/** Flag and minimum of the first memory. */
function readLimits(wasm: Uint8Array, start: number): [flag: number, minimum: number] {
  const [flagAt] = readLeb128(wasm, start)
  const [minimumAt, flag] = readLeb128(wasm, flagAt)
  return [flag, readLeb128(wasm, minimumAt)[1]]
}

function readLeb128(bytes: Uint8Array, at: number): [next: number, value: number] {
  let value = 0
  for (let shift = 0, index = at; ; shift += 7, index += 1) {
    const byte = bytes[index] ?? 0
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return [index + 1, value]
  }
}

function leb128(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb128(Math.floor(value / 0x80))]
}
