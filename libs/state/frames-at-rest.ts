import { promisify } from 'node:util'
import { constants, deflateRaw, inflateRaw } from 'node:zlib'

const deflate = promisify(deflateRaw)
const inflate = promisify(inflateRaw)

/** Far above any release within the limits of a bundle; what inflates beyond it was not stored by us. In bytes. */
const MAX_BYTES = 512 * 1024 * 1024

/** Level 1: a frame of 10 MB takes a few dozen ms, in libuv's threads. */
export function compress(frame: Buffer): Promise<Buffer> {
  return deflate(frame, { level: constants.Z_BEST_SPEED })
}

/** `undefined` when the bytes are not what {@link compress} gave. */
export async function decompress(bytes: Buffer): Promise<Buffer | undefined> {
  try {
    return await inflate(bytes, { maxOutputLength: MAX_BYTES })
  } catch {
    return undefined
  }
}
