import { GaveUp } from './gave-up.js'

/** One packet of the protocol: its content, or a mark between contents. */
export type Packet = Buffer | 'flush' | 'delimiter'

export const FLUSH = Buffer.from('0000')
export const DELIMITER = Buffer.from('0001')

/** The longest packet there is, its four digits included (gitprotocol-common). */
const MAX_LENGTH = 65_520
const DIGITS = 4

/** A packet that holds one line of text. */
export function line(text: string): Buffer {
  const content = Buffer.from(`${text}\n`)
  return Buffer.concat([Buffer.from((content.length + DIGITS).toString(16).padStart(DIGITS, '0')), content])
}

/** The text of a packet without its newline; `undefined`: it is a mark. */
export function textOf(packet: Packet | undefined): string | undefined {
  return Buffer.isBuffer(packet) ? packet.toString().replace(/\n$/, '') : undefined
}

/**
 * Cuts bytes into packets; holds one packet and one chunk at most.
 * @throws GaveUp `protocol`, for a length that is none and an end within a packet
 */
export async function* readPackets(chunks: AsyncIterable<Buffer>): AsyncGenerator<Packet, void> {
  let held: Buffer[] = []
  let length = 0
  let wanted = DIGITS
  for await (const chunk of chunks) {
    held.push(chunk)
    length += chunk.length
    if (length < wanted) continue
    let bytes = Buffer.concat(held)
    for (wanted = lengthNeeded(bytes); bytes.length >= wanted; wanted = lengthNeeded(bytes)) {
      yield packetOf(bytes, wanted)
      bytes = bytes.subarray(wanted)
    }
    held = [bytes]
    length = bytes.length
  }
  if (length > 0) throw new GaveUp('protocol', 'the answer ends within a packet')
}

/**
 * Makes sure that an answer has ended: nothing may follow, and only then does its connection serve again.
 * @throws GaveUp `protocol`
 */
export async function endOf(packets: AsyncGenerator<Packet, void>): Promise<void> {
  if ((await packets.next()).done !== true) throw new GaveUp('protocol', 'something follows the end of the answer')
}

/** Bytes that the first packet takes; before its digits are there, the digits alone. */
function lengthNeeded(bytes: Buffer): number {
  if (bytes.length < DIGITS) return DIGITS
  const digits = bytes.toString('latin1', 0, DIGITS)
  const length = /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : Number.NaN
  if (length === 0 || length === 1) return DIGITS
  if (length > DIGITS && length <= MAX_LENGTH) return length
  throw new GaveUp('protocol', 'the length of a packet is none')
}

function packetOf(bytes: Buffer, length: number): Packet {
  if (length > DIGITS) return bytes.subarray(DIGITS, length)
  return bytes[DIGITS - 1] === 0x30 ? 'flush' : 'delimiter'
}
