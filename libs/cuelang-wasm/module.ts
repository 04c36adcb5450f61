import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import { capMemory } from './memory-cap.js'

const MEBIBYTE = 1024 * 1024
/** Beside the sources and in a packed program; above dist/. */
const PLACES = ['./cue.wasm.br', '../cue.wasm.br']
const decompress = promisify(brotliDecompress)

/** Bytes of the committed module. */
export async function readModule(): Promise<Buffer> {
  const path = PLACES.map((place) => new URL(place, import.meta.url)).find((place) => existsSync(place))
  if (path === undefined) throw new Error('cue.wasm.br is not there')
  return decompress(await readFile(path))
}

/**
 * Compiles the committed module, off the event loop; a compiled module can be given to many threads.
 * @param memoryMb mebibytes the module may grow to
 */
export async function compileModule(memoryMb: number): Promise<WebAssembly.Module> {
  return WebAssembly.compile(capMemory(await readModule(), memoryMb * MEBIBYTE))
}
