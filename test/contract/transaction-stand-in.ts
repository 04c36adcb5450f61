import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net'
import { BSON, type Document } from 'mongodb'

/** A command as the driver sent it. */
export interface SentCommand {
  readonly name: string
  readonly collection: string
  /** Which transaction of the connection's sessions it belongs to; undefined: none. */
  readonly transaction: string | undefined
  /** Is it the first of its transaction? */
  readonly isFirst: boolean
}

/**
 * In front of a server without transactions: says that it is a replica set, takes the fields of transactions out of every command, and says yes to commit
 * and abort itself. It shows which commands a driver sends in which order and what becomes of their answers; nothing is atomic behind it, and an abort
 * takes nothing back.
 */
export interface TransactionStandIn extends AsyncDisposable {
  readonly port: number
  readonly sent: SentCommand[]
  /** Answers the next command of a transaction with that name itself, on a collection if it is given. */
  answer(name: string, answer: Document, collection?: string): void
}

/** @param target port on loopback, of a server that does not look at sessions */
export async function startTransactionStandIn(target: number): Promise<TransactionStandIn> {
  const sent: SentCommand[] = []
  const scripted: Scripted[] = []
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = createConnection({ port: target, host: '127.0.0.1' })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true).on('error', () => socket.destroy())
      socket.once('close', () => {
        client.destroy()
        upstream.destroy()
      })
    }
    upstream.pipe(client)
    eachMessage(client, (message) => pass(message, { client, upstream, sent, scripted, port: portOf(server.address()) }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: portOf(server.address()),
    sent,
    answer: (name, document, collection) => void scripted.push({ name, document, collection }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Scripted {
  readonly name: string
  readonly document: Document
  readonly collection: string | undefined
}

interface Passage {
  readonly client: Socket
  readonly upstream: Socket
  readonly sent: SentCommand[]
  readonly scripted: Scripted[]
  readonly port: number
}

/** The wire: int32 length, request id, id answered, operation (2013 is OP_MSG, 2004 the driver's very first question, OP_QUERY, 1 its answer). */
const HEADER_BYTES = 16
const [OP_REPLY, OP_QUERY, OP_MSG] = [1, 2004, 2013]
const OF_TRANSACTIONS = ['lsid', 'txnNumber', 'startTransaction', 'autocommit', '$clusterTime']
const GREETINGS = new Set(['hello', 'ismaster', 'isMaster'])

function pass(message: Buffer, passage: Passage): void {
  const { client, upstream, sent } = passage
  if (message.readInt32LE(12) === OP_QUERY) return void client.write(reply(message, greeting(passage.port)))
  const start = HEADER_BYTES + 5
  const end = start + message.readInt32LE(start)
  const command = BSON.deserialize(message.subarray(start, end), { promoteValues: false, promoteBuffers: false })
  const name = Object.keys(command)[0] ?? ''
  if (GREETINGS.has(name)) return void client.write(reply(message, greeting(passage.port)))
  sent.push(sentCommand(name, command))
  const own = ownAnswer(name, command, passage)
  if (own) return void client.write(reply(message, own))
  upstream.write(framed(message.subarray(0, start), BSON.serialize(without(command)), message.subarray(end)))
}

function sentCommand(name: string, command: Document): SentCommand {
  const isOfTransaction = command['autocommit'] !== undefined
  return {
    name,
    collection: String(command[name]),
    transaction: isOfTransaction ? String(command['txnNumber']) : undefined,
    isFirst: command['startTransaction'] === true,
  }
}

function ownAnswer(name: string, command: Document, { scripted }: Passage): Document | undefined {
  const index =
    command['autocommit'] === undefined
      ? -1
      : scripted.findIndex((one) => one.name === name && (one.collection ?? String(command[name])) === String(command[name]))
  if (index >= 0) return scripted.splice(index, 1)[0]?.document
  return ['commitTransaction', 'abortTransaction', 'endSessions'].includes(name) ? { ok: 1 } : undefined
}

function without(command: Document): Document {
  const names = command['autocommit'] === undefined ? OF_TRANSACTIONS : [...OF_TRANSACTIONS, 'readConcern', 'writeConcern']
  return Object.fromEntries(Object.entries(command).filter(([name]) => !names.includes(name)))
}

function greeting(port: number): Document {
  const me = `127.0.0.1:${port}`
  const limits = { maxBsonObjectSize: 16_777_216, maxMessageSizeBytes: 48_000_000, maxWriteBatchSize: 100_000, minWireVersion: 0, maxWireVersion: 9 }
  const set = { setName: 'stand-in', setVersion: 1, hosts: [me], primary: me, me, logicalSessionTimeoutMinutes: 30 }
  return { ismaster: true, isWritablePrimary: true, secondary: false, readOnly: false, localTime: new Date(), ...limits, ...set, ok: 1 }
}

function reply(question: Buffer, document: Document): Buffer {
  const isQuery = question.readInt32LE(12) === OP_QUERY
  const head = Buffer.alloc(HEADER_BYTES + (isQuery ? 20 : 5))
  head.writeInt32LE(question.readInt32LE(4), 8)
  head.writeInt32LE(isQuery ? OP_REPLY : OP_MSG, 12)
  if (isQuery) head.writeInt32LE(1, HEADER_BYTES + 16)
  return framed(head, BSON.serialize(document))
}

function framed(...parts: readonly Uint8Array[]): Buffer {
  const message = Buffer.concat(parts)
  message.writeInt32LE(message.length, 0)
  return message
}

function eachMessage(socket: Socket, onMessage: (message: Buffer) => void): void {
  let rest = Buffer.alloc(0)
  socket.on('data', (piece: Buffer) => {
    rest = Buffer.concat([rest, piece])
    while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
      const length = rest.readInt32LE(0)
      onMessage(rest.subarray(0, length))
      rest = rest.subarray(length)
    }
  })
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address ? address.port : 0
}
