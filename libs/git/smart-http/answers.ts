import { GaveUp } from './gave-up.js'
import { endOf, type Packet, textOf } from './pkt-line.js'

/** Bands of a packet of the pack: its first byte. */
const PACK = 1
const PROGRESS = 2

/**
 * Reads the answer to `ls-refs`.
 * @returns the object id of exactly this ref; `undefined`: the host does not list it
 * @throws GaveUp `protocol`
 */
export async function readRef(packets: AsyncGenerator<Packet, void>, ref: string): Promise<string | undefined> {
  let found: string | undefined
  for (;;) {
    const { value } = await packets.next()
    if (value === 'flush') break
    const text = textOf(value ?? undefined)
    const [, id, name] = /^([0-9a-f]{40}) (\S+)( .*)?$/.exec(text ?? '') ?? []
    if (id === undefined || name?.startsWith(ref) !== true) throw refused(text, 'the list of refs')
    if (name === ref && found !== undefined) throw new GaveUp('protocol', 'the ref is listed twice')
    if (name === ref) found = id
  }
  await endOf(packets)
  return found
}

/**
 * Reads the answer to `fetch` as far as the pack.
 * @throws GaveUp `far` when the host needs to know more of what is here, `protocol`
 */
export async function readUntilPack(packets: AsyncGenerator<Packet, void>): Promise<void> {
  let ready = false
  await expectText(packets, (text) => text === 'acknowledgments')
  for (;;) {
    const { value } = await packets.next()
    if (value === 'flush' && !ready) throw new GaveUp('far', 'the host knows too little of what is here')
    if (value === 'delimiter' && ready) break
    const text = textOf(value ?? undefined)
    if (text === 'ready') ready = true
    else if (text === undefined || !/^(NAK|ACK [0-9a-f]{40})$/.test(text)) throw refused(text, 'the acknowledgments')
  }
  await expectText(packets, (text) => text === 'packfile')
}

/**
 * The bytes of the pack, freed of their bands.
 * @throws GaveUp `protocol`, also for what the host tells on its third band: that it broke off
 */
export async function* readPack(packets: AsyncGenerator<Packet, void>): AsyncGenerator<Buffer, void> {
  for (;;) {
    const { value } = await packets.next()
    if (value === 'flush') break
    if (!Buffer.isBuffer(value)) throw new GaveUp('protocol', 'the pack is cut short')
    const content = value.subarray(1)
    if (value[0] === PACK && content.length > 0) yield content
    else if (value[0] !== PACK && value[0] !== PROGRESS) throw refused(textOf(content), 'the pack')
  }
  await endOf(packets)
}

async function expectText(packets: AsyncGenerator<Packet, void>, fits: (text: string) => boolean): Promise<void> {
  const text = textOf((await packets.next()).value ?? undefined)
  if (text === undefined || !fits(text)) throw refused(text, 'the answer')
}

function refused(text: string | undefined, where: string): GaveUp {
  // The words of a stranger: cut short, and quoted so that no control character is left in them.
  return new GaveUp('protocol', `${where} holds ${text === undefined ? 'no line where one belongs' : JSON.stringify(text.slice(0, 200))}`)
}
