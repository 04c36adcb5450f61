import { type FrameRecord, FrameWriter, type Head, records } from '@vartrack/sink-kit'
import { findJournal } from './journal-cache.js'
import type { EngineContext } from './request.js'

/** A frame without records. */
export function emptyFrame(kind: 'release' | 'live' | 'changes'): Buffer {
  return new FrameWriter(kind).finish()
}

/** Live values of the keys a diff has to see: those of the release and of the ledger, or all when the prune covers all. */
export async function readLive(context: EngineContext, location: string, release: Buffer, ledger: Buffer, all: boolean): Promise<Buffer> {
  if (context.traits.reads !== 'values') return emptyFrame('live')
  return context.session.read(location, all ? 'all' : await keysToRead(context, release, ledger), context.signal)
}

/** The ledgers of the other sources at a location. */
export async function foreignLedgers(context: EngineContext, location: string, heads: readonly Head[], source: string): Promise<Buffer[]> {
  const others = heads.filter((head) => head.source !== source)
  const journals = await Promise.all(others.map((head) => findJournal(context, location, head)))
  return journals.flatMap((journal) => (journal ? [journal.ledger] : []))
}

async function keysToRead(context: EngineContext, release: Buffer, ledger: Buffer): Promise<string[]> {
  const keys = new Set(ledger.length === 0 ? [] : await context.core.ledgerKeys(ledger))
  for (const record of records(release)) keys.add(keyText(record))
  return [...keys]
}

/** The key of a record as text. */
export function keyText(record: FrameRecord): string {
  return record.key.toString('utf8')
}
