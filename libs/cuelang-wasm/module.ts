import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import { capMemory } from './memory-cap.js'

const MEBIBYTE = 1024 * 1024
const decompress = promisify(brotliDecompress)

/** Bytes of the committed module. */
export async function readModule(): Promise<Buffer> {
  const path = createRequire(import.meta.url).resolve('@vartrack/cuelang-wasm/cue.wasm.br')
  return decompress(await readFile(path))
}

/**
 * Compiles the committed module, off the event loop; a compiled module can be given to many threads.
 * @param memoryMb mebibytes the module may grow to
 */
export async function compileModule(memoryMb: number): Promise<WebAssembly.Module> {
  return WebAssembly.compile(capMemory(await readModule(), memoryMb * MEBIBYTE))
}
