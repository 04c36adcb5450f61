import type { SinkType } from '@vartrack/sink-kit'

/** How a store's protocol cuts what a client sends into messages. */
export interface Wire {
  /** Length of the message that the bytes begin with; `undefined`: it is not whole yet. */
  length(bytes: Buffer): number | undefined
  /** Is it a step of some work? Heartbeats and greetings are not. */
  isStep(message: Buffer): boolean
  /** Is it a step that may change what lies in the store? */
  isChange(message: Buffer): boolean
}

/** The protocol of each store that a sink writes to. */
export const wires: Readonly<Partial<Record<SinkType, Wire>>> = {
  redis: { length: redisLength, isStep: () => true, isChange: (message) => SCRIPT.test(message.toString('latin1', 0, 20)) },
  mongo: {
    length: (bytes) => prefixed(bytes, bytes.length < 4 ? 0 : bytes.readInt32LE(0)),
    isStep: (message) => !GREETINGS.test(mongoCommand(message)),
    isChange: (message) => CHANGES.test(mongoCommand(message)),
  },
  zookeeper: {
    length: (bytes) => prefixed(bytes, bytes.length < 4 ? 0 : 4 + bytes.readInt32BE(0)),
    // Pings and authentication have negative ids.
    isStep: (message) => message.readInt32BE(4) > 0,
    isChange: (message) => message.readInt32BE(8) === MULTI,
  },
}

/** All that the sink for Redis writes, it writes in scripts; to ZooKeeper, in multis. */
const SCRIPT = /\r\neval\r\n/i
const MULTI = 14
const CHANGES = /^(insert|update|delete|findAndModify|create|commitTransaction)$/
const GREETINGS = /^(hello|isMaster|ismaster|ping|buildInfo|saslStart|saslContinue|endSessions)$/

function prefixed(bytes: Buffer, length: number): number | undefined {
  return bytes.length >= 4 && bytes.length >= length ? length : undefined
}

/** A command is an array of strings: `*2 $3 GET $1 a`, each part on its line. */
function redisLength(bytes: Buffer): number | undefined {
  let at = 0
  const number = (): number | undefined => {
    const end = bytes.indexOf('\r\n', at)
    if (end < 0) return undefined
    const text = bytes.toString('latin1', at + 1, end)
    at = end + 2
    return Number(text)
  }
  const parts = number()
  for (let left = parts ?? 0; left > 0; left--) {
    const size = number()
    if (size === undefined) return undefined
    at += size + 2
  }
  return parts === undefined || at > bytes.length ? undefined : at
}

/** Name of the first field of the body: of OP_MSG (2013) it begins behind flags and a section's kind, of OP_QUERY (2004) behind flags, collection and two numbers. */
function mongoCommand(message: Buffer): string {
  const isQuery = message.readInt32LE(12) === 2004
  const document = isQuery ? message.indexOf(0, 20) + 1 + 8 : 21
  const name = document + 5
  return message.toString('utf8', name, message.indexOf(0, name))
}
