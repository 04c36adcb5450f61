import { GaveUp } from './gave-up.js'
import { endOf, type Packet, textOf } from './pkt-line.js'

/** What a host says it can do that matters here. */
export interface Capabilities {
  /** Requests must name the object format, because the host has named its own. */
  readonly namesObjectFormat: boolean
  readonly agent: boolean
}

/** A host has some ten capabilities. */
const MAX_CAPABILITIES = 200
const SERVICE = '# service=git-upload-pack'

/**
 * Reads the answer to `info/refs?service=git-upload-pack` (gitprotocol-v2, "Capability Advertisement").
 * @throws GaveUp `unsupported`, `protocol`
 */
export async function readCapabilities(packets: AsyncGenerator<Packet, void>): Promise<Capabilities> {
  const lines = await linesUntilFlush(packets)
  // Some hosts begin as version 0 did, with a line and a flush of its own.
  const [version, ...capabilities] = lines[0] === SERVICE && lines.length === 1 ? await linesUntilFlush(packets) : lines
  if (version !== 'version 2') throw new GaveUp('unsupported', 'the host does not speak version 2 of the protocol')
  const values = new Map(capabilities.map((text) => [text.split('=', 1)[0] ?? '', text.slice(text.indexOf('=') + 1)]))
  if (!values.has('ls-refs') || !values.has('fetch')) throw new GaveUp('unsupported', 'the host does not offer ls-refs and fetch')
  if ((values.get('object-format') ?? 'sha1') !== 'sha1') throw new GaveUp('unsupported', 'the objects of the repository are not named by SHA-1')
  await endOf(packets)
  return { namesObjectFormat: values.has('object-format'), agent: values.has('agent') }
}

async function linesUntilFlush(packets: AsyncGenerator<Packet, void>): Promise<string[]> {
  const lines: string[] = []
  for (;;) {
    const { value } = await packets.next()
    if (value === 'flush') return lines
    const text = textOf(value ?? undefined)
    if (text === undefined) throw new GaveUp('protocol', 'the capabilities are cut short')
    if (lines.push(text) > MAX_CAPABILITIES) throw new GaveUp('unsupported', 'the host lists too much')
    // Version 0 lists its refs here, as many as there are.
    if (lines.length === 1 && text !== SERVICE && text !== 'version 2') return lines
  }
}
