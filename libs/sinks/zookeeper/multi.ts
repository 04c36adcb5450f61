import type { Step } from './connection.js'
import type { DriverClient, DriverError, DriverRequest, MultiResult } from './driver.js'

/** Who may do what with a znode: ZooKeeper's permission bits, and whom they are given to. */
export interface Acl {
  readonly permissions: number
  readonly scheme: string
  readonly id: string
}

export const PERMISSION = { read: 1, all: 31 } as const

const OPERATION = { create: 1, remove: 2, set: 5, check: 13, multi: 14 } as const
/** Of a step's own header: type, "is the last", error. */
const STEP_HEADER_BYTES = 9
/** Length of the packet, xid, type. */
const PACKET_HEADER_BYTES = 12
const ANY_VERSION = -1

/** Sends a multi and hands over how it ended: an error when one of its steps failed, and nothing was done then. */
export function sendMulti(client: DriverClient, steps: readonly Step[], acls: Buffer, done: (error: DriverError | null) => void): void {
  client.connectionManager.queue(multiRequest(steps, acls), (error, response) => done(error ?? failureOf(response?.payload.results ?? [])))
}

/**
 * The packet of a multi. The driver's own encoder walks a description of every field, twice for each.
 * @param acls as {@link encodeAcls} gives them, for the znodes that are created
 */
function multiRequest(steps: readonly Step[], acls: Buffer): DriverRequest {
  const header = { xid: 0, type: OPERATION.multi }
  const packet = Buffer.allocUnsafe(steps.reduce((sum, step) => sum + stepBytes(step, acls), PACKET_HEADER_BYTES + STEP_HEADER_BYTES))
  packet.writeInt32BE(packet.length - 4, 0)
  packet.writeInt32BE(header.type, 8)
  let at = PACKET_HEADER_BYTES
  for (const step of steps) at = writeStep(packet, at, step, acls)
  writeStepHeader(packet, at, -1, true)
  // The driver numbers a request when it sends it.
  const toBuffer = () => {
    packet.writeInt32BE(header.xid, 4)
    return packet
  }
  return { header, toBuffer }
}

/** ACLs as they stand in a packet. */
export function encodeAcls(acls: readonly Acl[]): Buffer {
  const parts = acls.flatMap(({ permissions, scheme, id }) => [int(permissions), text(scheme), text(id)])
  return Buffer.concat([int(acls.length), ...parts])
}

function stepBytes(step: Step, acls: Buffer): number {
  const withPath = STEP_HEADER_BYTES + 4 + Buffer.byteLength(step.path) + 4
  if (step.kind === 'create') return withPath + 4 + step.data.length + acls.length
  return step.kind === 'set' ? withPath + 4 + step.data.length : withPath
}

/** @returns where the next one begins */
function writeStep(packet: Buffer, start: number, step: Step, acls: Buffer): number {
  let at = writeStepHeader(packet, start, OPERATION[step.kind], false)
  const pathBytes = packet.write(step.path, at + 4)
  packet.writeInt32BE(pathBytes, at)
  at += 4 + pathBytes
  if (step.kind === 'create' || step.kind === 'set') {
    packet.writeInt32BE(step.data.length, at)
    at += 4 + step.data.copy(packet, at + 4)
  }
  if (step.kind !== 'create') return packet.writeInt32BE(step.version ?? ANY_VERSION, at)
  // What ends a create are its flags: neither ephemeral nor sequential.
  return packet.writeInt32BE(0, at + acls.copy(packet, at))
}

function writeStepHeader(packet: Buffer, at: number, type: number, isLast: boolean): number {
  packet.writeInt32BE(type, at)
  packet.writeUInt8(isLast ? 1 : 0, at + 4)
  return packet.writeInt32BE(-1, at + 5)
}

/** A multi that failed has an error for every step: 0 up to the one that failed it, and of no interest after that. */
function failureOf(results: readonly MultiResult[]): DriverError | null {
  const failed = results.find(({ err }) => err !== undefined && err !== 0)
  return failed ? Object.assign(new Error('a step of a multi failed'), { code: failed.err ?? 0 }) : null
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function text(value: string): Buffer {
  return Buffer.concat([int(Buffer.byteLength(value)), Buffer.from(value)])
}
