import { FrameWriter } from '@vartrack/sink-kit'

/** Key of the ledgers that are fuzzed. */
export const LEDGER_KEY = Buffer.alloc(32, 3)

/** Lengths and counts at the edges of their fields. */
export const frameWords = ['VTF1', '\x01\x00', '\x02\x00', '\xff\xff', '\xff\xff\xff\xff', '\0\0\0\0', '\x01\0\0\0', '\x7f', '\x80']

/** Frames with some records, none, long keys. */
export function frameSeeds(): Buffer[] {
  return [{ a: '1', 'a.b': 'text' }, {}, { [`k${'x'.repeat(300)}`]: '', z: 'é😀' }].map((entries) => {
    const writer = new FrameWriter('live')
    for (const [key, value] of Object.entries(entries)) writer.add(key, value)
    return writer.finish()
  })
}
