import { promisify } from 'node:util'
import { constants, deflate, deflateSync, inflate, inflateSync } from 'node:zlib'
import { GaveUp } from '../gave-up.js'

/** So much is done at once: the way to another thread and back takes longer. More would hold the event loop. */
const AT_ONCE = 16 * 1024
/** Git's own level for loose objects (`core.looseCompression`). */
const LEVEL = constants.Z_BEST_SPEED

const deflateElsewhere = promisify(deflate)

/** One stream, unfolded. */
export interface Inflated {
  readonly bytes: Buffer
  /** How long it was. */
  readonly length: number
}

/** With `info`, which the types of node:zlib pass over. */
interface WithInfo {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}

/**
 * Unfolds the zlib stream with which some bytes begin.
 * @param size how many bytes it must give; never more are made
 * @throws GaveUp `unpack` when it is none, is cut short, or gives another number of bytes
 */
export async function unfold(from: Buffer, size: number): Promise<Inflated> {
  // Streams of empty blocks take time and give nothing; no honest one is so much longer than what it gives.
  const stream = from.subarray(0, 2 * size + 1024)
  // One byte more than needed, so that the end of the stream is found without another round.
  const options = { info: true, maxOutputLength: Math.max(size, 1), chunkSize: Math.max(size + 1, 64) }
  try {
    const { buffer, engine } = size > AT_ONCE ? await unfoldElsewhere(stream, options) : (inflateSync(stream, options) as unknown as WithInfo)
    if (buffer.length === size) return { bytes: buffer, length: engine.bytesWritten }
  } catch (error) {
    throw new GaveUp('unpack', 'a stream of the pack cannot be unfolded', { cause: error })
  }
  throw new GaveUp('unpack', 'an object of the pack has another size than it says')
}

/** Folds bytes as git folds a loose object. */
export async function fold(bytes: Buffer): Promise<Buffer> {
  return bytes.length > AT_ONCE ? await deflateElsewhere(bytes, { level: LEVEL }) : deflateSync(bytes, { level: LEVEL })
}

function unfoldElsewhere(stream: Buffer, options: object): Promise<WithInfo> {
  return new Promise((resolve, reject) => {
    inflate(stream, options, (error, result) => (error === null ? resolve(result as unknown as WithInfo) : reject(error)))
  })
}
