import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import type { Step } from './connection.js'
import type { DriverClient, DriverRequest } from './driver.js'
import { type Acl, encodeAcls, PERMISSION, sendMulti } from './multi.js'

const require = createRequire(import.meta.url)

/** What of the driver writes packets. */
interface Jute {
  readonly OP_CODES: { readonly CREATE: number; readonly DELETE: number; readonly SET_DATA: number; readonly CHECK: number; readonly MULTI: number }
  readonly protocol: { readonly RequestHeader: new () => { type: number; xid: number } }
  readonly TransactionRequest: new (operations: readonly object[]) => object
  readonly Request: new (header: object, payload: object) => { toBuffer(): Buffer }
}
const jute = require('node-zookeeper-client/lib/jute') as Jute
const driver = require('node-zookeeper-client') as {
  ACL: new (permission: number, id: object) => object
  Id: new (scheme: string, id: string) => object
}

const ACLS: readonly Acl[] = [
  { permissions: PERMISSION.all, scheme: 'digest', id: 'varTrack:abc=' },
  { permissions: PERMISSION.read, scheme: 'world', id: 'anyone' },
]

describe('the packet of a multi', () => {
  it('is what the driver would send, byte for byte', () => {
    const steps: Step[] = [
      { kind: 'create', path: '/a/Ünïcödé 日本語', data: Buffer.from('value 日本語') },
      { kind: 'create', path: '/a/empty', data: Buffer.alloc(0) },
      { kind: 'set', path: '/a', data: Buffer.from('head'), version: 0 },
      { kind: 'set', path: '/a/b', data: Buffer.from([0, 255]) },
      { kind: 'check', path: '/a/c', version: 7 },
      { kind: 'remove', path: '/a/d' },
    ]
    expect(packetOf(steps).equals(driverPacketOf(steps))).toBe(true)
  })
})

function packetOf(steps: readonly Step[]): Buffer {
  let packet: Buffer = Buffer.alloc(0)
  const queue = (request: DriverRequest) => {
    request.header.xid = 42
    packet = request.toBuffer()
  }
  sendMulti({ connectionManager: { queue } } as unknown as DriverClient, steps, encodeAcls(ACLS), () => undefined)
  return packet
}

function driverPacketOf(steps: readonly Step[]): Buffer {
  const { CREATE, DELETE, SET_DATA, CHECK, MULTI } = jute.OP_CODES
  const types = { create: CREATE, remove: DELETE, set: SET_DATA, check: CHECK }
  const acls = ACLS.map(({ permissions, scheme, id }) => new driver.ACL(permissions, new driver.Id(scheme, id)))
  const operations = steps.map((step) => ({ version: -1, acls, mode: 0, ...step, type: types[step.kind] }))
  const header = Object.assign(new jute.protocol.RequestHeader(), { type: MULTI, xid: 42 })
  return new jute.Request(header, new jute.TransactionRequest(operations)).toBuffer()
}
