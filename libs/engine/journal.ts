import { randomBytes } from 'node:crypto'
import { VarTrackError } from '@vartrack/errors'
import { Head, type Session } from '@vartrack/sink-kit'
import { z } from 'zod'

/** What the engine keeps at the destination beside each head (decision 001). */
export interface Journal {
  /** 32 bytes; keys the digests of the ledger. The same for all journals of a source at a destination. */
  readonly ledgerKey: Buffer
  /** The head this write replaced. */
  readonly previous: Head | null
  /** What the source owns after the write. */
  readonly ledger: Buffer
  /** Changes frame that puts back what the changed keys held before; null when that was not read. */
  readonly undo: Buffer | null
  /** Generation of the write that this one undoes; absent for a write of its own. */
  readonly undoes?: number
}

const VERSION = 1

/** The header of a journal: what is small enough for JSON, and the lengths of what follows it. */
const Header = z.object({
  version: z.literal(VERSION),
  ledgerKey: z.string().regex(/^[0-9a-f]{64}$/),
  previous: Head.nullable(),
  ledgerBytes: z.number().int().nonnegative(),
  undoBytes: z.number().int().nonnegative().nullable(),
  undoes: z.number().int().optional(),
})

/** A new random ledger key. */
export function newLedgerKey(): Buffer {
  return randomBytes(32)
}

/** The journal as one blob: u32 length of a JSON header, the header, ledger, undo. */
export function encodeJournal(journal: Journal): Buffer {
  const fields: z.input<typeof Header> = {
    version: VERSION,
    ledgerKey: journal.ledgerKey.toString('hex'),
    previous: journal.previous,
    ledgerBytes: journal.ledger.length,
    undoBytes: journal.undo?.length ?? null,
    undoes: journal.undoes,
  }
  const header = Buffer.from(JSON.stringify(fields))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  return Buffer.concat([length, header, journal.ledger, journal.undo ?? Buffer.alloc(0)])
}

/** @throws VarTrackError `journal.malformed` for bytes that no version of the engine wrote */
export function decodeJournal(bytes: Buffer): Journal {
  try {
    const start = 4 + bytes.readUInt32LE(0)
    const { ledgerKey, previous, ledgerBytes, undoBytes, undoes } = Header.parse(JSON.parse(bytes.toString('utf8', 4, start)))
    const undoStart = start + ledgerBytes
    if (bytes.length !== undoStart + (undoBytes ?? 0)) throw new RangeError('lengths do not add up')
    return {
      ledgerKey: Buffer.from(ledgerKey, 'hex'),
      previous,
      ledger: bytes.subarray(start, undoStart),
      undo: undoBytes === null ? null : bytes.subarray(undoStart),
      ...(undoes === undefined ? {} : { undoes }),
    }
  } catch (cause) {
    throw new VarTrackError({
      code: 'journal.malformed',
      message: 'The journal at the destination cannot be read; somebody wrote over it.',
      remedy: 'Remove it with its head; the next sync writes both again.',
      cause,
    })
  }
}

/** The journal a head names, or null when it is gone or unreadable: what was owned is then unknown, and nothing is pruned. */
export async function journalOf(session: Session, location: string, head: Head | undefined, signal: AbortSignal): Promise<Journal | null> {
  if (!head) return null
  return readableJournal(await session.journal(location, head.source, head.journal, signal))
}

/** A journal as a store gave it back; null when it gave none, or one that is unreadable. */
export function readableJournal(bytes: Buffer | null): Journal | null {
  if (!bytes) return null
  try {
    return decodeJournal(bytes)
  } catch (error) {
    if (error instanceof VarTrackError && error.code === 'journal.malformed') return null
    throw error
  }
}
