import type { Diff } from '@vartrack/core'
import { type FrameRecord, type Head, RECORD_BYTES, recordCount, records, type Standing } from '@vartrack/sink-kit'
import { type Journal, readableJournal } from './journal.js'
import { keyText } from './live.js'

/**
 * The journal of a write that counts already and comes again: its worker was killed before it could tell, its deferred deletes follow, or drift is repaired
 * under the generation that stands there. What this run replaces is the work of the first; only the first has seen what was there before.
 * @returns null for a write that comes for the first time
 */
export function firstJournal(head: Head | undefined, generation: number, { journal }: Standing): Journal | null {
  return head?.generation === generation ? readableJournal(journal) : null
}

/** The journal of both runs: undone is what the first replaced, and what this one deletes beside it. */
export function joined(first: Journal, own: Journal, { changes }: Pick<Diff, 'changes'>): Journal {
  const { previous, undoes } = first
  const undo = first.undo && own.undo && withDeleted(first.undo, own.undo, changes)
  return { ...own, previous, undo, ...(undoes === undefined ? {} : { undoes }) }
}

/** A key that this run puts and the first did not was the same before the first: whoever changed it meanwhile is not put back. */
function withDeleted(first: Buffer, own: Buffer, changes: Buffer): Buffer {
  const deleted = new Set([...records(changes)].filter(({ op }) => op === 'delete').map(keyText))
  if (deleted.size === 0) return first
  for (const record of records(first)) deleted.delete(keyText(record))
  return withRecords(
    first,
    [...records(own)].filter((record) => deleted.has(keyText(record))),
  )
}

/** One undo after another in one frame: where both have a key, the second says what becomes of it. */
export function overlaid(undo: Buffer, then: Buffer): Buffer {
  const known = new Set([...records(then)].map(keyText))
  return withRecords(
    then,
    [...records(undo)].filter((record) => !known.has(keyText(record))),
  )
}

function withRecords(frame: Buffer, added: readonly FrameRecord[]): Buffer {
  const whole = Buffer.concat([frame, ...added.map(bytesOf)])
  whole[SORTED_AT] = 0
  whole.writeUInt32LE(recordCount(frame) + added.length, COUNT_AT)
  return whole
}

/** Of the header of a frame: whether its records are sorted, and how many they are. */
const SORTED_AT = 5
const COUNT_AT = 8

/** A record of an undo, which names no origin, as it stands in its frame. */
function bytesOf({ key, value }: FrameRecord): Buffer {
  return Buffer.from(key.buffer, key.byteOffset - RECORD_BYTES, RECORD_BYTES + key.length + value.length)
}
