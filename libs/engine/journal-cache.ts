import type { Head } from '@vartrack/sink-kit'
import { type Journal, journalOf } from './journal.js'
import type { EngineContext } from './request.js'

/** Remembers journals by the head that names them, so that an unchanged destination costs a read of its values and nothing else. */
export interface JournalCache {
  get(key: string): Journal | undefined
  set(key: string, journal: Journal): void
}

/**
 * A cache for one datasource within a shared one: two of them may hold one location, source and generation, and differ in their ledger keys.
 * @param datasource its name in the bundle
 */
export function journalsOf(cache: JournalCache, datasource: string): JournalCache {
  const scoped = (key: string) => `${datasource} ${key}`
  return { get: (key) => cache.get(scoped(key)), set: (key, journal) => cache.set(scoped(key), journal) }
}

/** The journal a head names, from the cache if it was seen before; null when there is none. */
export async function findJournal(context: EngineContext, location: string, head: Head | undefined): Promise<Journal | null> {
  if (!head) return null
  const known = context.journals?.get(keyOf(location, head))
  if (known) return known
  const journal = await journalOf(context.session, location, head, context.signal)
  if (journal) rememberJournal(context, location, head, journal)
  return journal
}

/** Keeps a journal that was read or written. */
export function rememberJournal(context: EngineContext, location: string, head: Head, journal: Journal): void {
  context.journals?.set(keyOf(location, head), journal)
}

/** `writtenAt` tells apart what somebody put back by hand from what was written. */
function keyOf(location: string, head: Head): string {
  return JSON.stringify([location, head.source, head.journal, head.digest, head.writtenAt])
}
