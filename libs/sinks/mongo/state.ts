import { Head } from '@vartrack/sink-kit'
import { z } from 'zod'

const Journal = z.object({ generation: z.number().int(), name: z.string(), chunks: z.number().int().positive() })
export type JournalName = z.infer<typeof Journal>

const SourceState = z.object({
  source: z.string(),
  head: Head.nullable(),
  /** A write that has begun. Its token says which writer may go on. */
  pending: z.object({ generation: z.number().int(), digest: z.string(), token: z.string() }).nullable(),
  /** Generations that began and were overtaken before their head was written. What only they inserted is nobody's. */
  abandoned: z.array(z.number().int()),
  journals: z.array(Journal),
})
export type SourceState = z.infer<typeof SourceState>

/** What `_vartrack` holds for one location. */
export const LocationState = z.object({
  vartrack: z.literal(1),
  sources: z.array(SourceState),
  /** The token of the writer that changes documents which writers share. */
  turn: z.string().nullable().optional(),
})
export type LocationState = z.infer<typeof LocationState>

/** A late insert of a writer overtaken longer ago than so many others would be taken for somebody else's document. */
const ABANDONED_KEPT = 100

/** The head of every source that has one. */
export function headsOf({ sources }: LocationState): Head[] {
  return sources.flatMap(({ head }) => head ?? [])
}

/** The state of one source; a new one when it has not written yet. */
export function sourceOf(state: LocationState, source: string): SourceState {
  return state.sources.find((one) => one.source === source) ?? { source, head: null, pending: null, abandoned: [], journals: [] }
}

/** The state with one source's part replaced. */
export function withSource(state: LocationState, changed: SourceState): LocationState {
  return { ...state, sources: [...state.sources.filter((one) => one.source !== changed.source), changed] }
}

/** A write begins: it overtakes the one that had begun, unless it is the same again. */
export function begun(before: SourceState, pending: NonNullable<SourceState['pending']>, journal: JournalName | null): SourceState {
  const overtaken = uncommitted({ ...before, abandoned: [] }).filter((generation) => generation !== pending.generation)
  const journals = journal ? [...before.journals.filter((one) => one.generation !== journal.generation), journal] : before.journals
  return { ...before, pending, abandoned: [...before.abandoned, ...overtaken].slice(-ABANDONED_KEPT), journals }
}

/** A write is complete: its head counts. Its journal and that of the head before stay. */
export function committed(before: SourceState, head: Head, hasJournal: boolean): SourceState {
  const isRepeat = before.head?.generation === head.generation
  const stays = (journal: JournalName) => !hasJournal || isRepeat || [head.journal, before.head?.journal].includes(journal.generation)
  return { ...before, head, pending: null, journals: before.journals.filter(stays) }
}

/** Generations of a source whose inserts do not count (yet). */
export function uncommitted(state: SourceState): number[] {
  const { pending, head, abandoned } = state
  return pending && pending.generation !== head?.generation ? [...abandoned, pending.generation] : abandoned
}
