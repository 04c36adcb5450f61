import { Head } from '@vartrack/sink-kit'
import { z } from 'zod'

const Journal = z.object({ generation: z.number().int(), name: z.string(), chunks: z.number().int().positive() })
export type JournalName = z.infer<typeof Journal>

/** A write, and how often it was begun again by others before: one of them may be slow and not dead. */
export interface Run {
  readonly generation: number
  readonly run: number
}

const SourceState = z.object({
  source: z.string(),
  head: Head.nullable(),
  /** Which run of its write the head is of. */
  headRun: z.number().int().optional(),
  /** A write that has begun. Its token says which writer may go on. */
  pending: z.object({ generation: z.number().int(), run: z.number().int().optional(), digest: z.string(), token: z.string() }).nullable(),
  /** Generations whose first run began and was overtaken before its head was written. What only it inserted is nobody's. */
  abandoned: z.array(z.number().int()),
  /** The same of later runs. */
  abandonedRuns: z.array(z.object({ generation: z.number().int(), run: z.number().int() })).optional(),
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

/** A write begins: it overtakes the one that had begun, also when that is the same. */
export function begun(before: SourceState, write: Omit<NonNullable<SourceState['pending']>, 'run'>, journal: JournalName | null): SourceState {
  const journals = journal ? [...before.journals.filter((one) => one.generation !== journal.generation), journal] : before.journals
  const overtaken = uncommitted(before).slice(-ABANDONED_KEPT)
  const others = [...overtaken, ...headRunOf(before)]
  const runs = others.filter(({ generation }) => generation === write.generation).map(({ run }) => run + 1)
  const abandoned = overtaken.filter(({ run }) => run === 0).map(({ generation }) => generation)
  const abandonedRuns = overtaken.filter(({ run }) => run > 0)
  return { ...before, pending: { ...write, run: Math.max(0, ...runs) }, abandoned, abandonedRuns, journals }
}

/** Runs that were overtaken. */
export function abandonedIn({ abandoned, abandonedRuns = [] }: SourceState): Run[] {
  return [...abandoned.map((generation) => ({ generation, run: 0 })), ...abandonedRuns]
}

/** A write is complete: its head counts. Its journal and that of the head before stay. */
export function committed(before: SourceState, head: Head, hasJournal: boolean): SourceState {
  const isRepeat = before.head?.generation === head.generation
  const stays = (journal: JournalName) => !hasJournal || isRepeat || [head.journal, before.head?.journal].includes(journal.generation)
  return { ...before, head, headRun: before.pending?.run ?? 0, pending: null, journals: before.journals.filter(stays) }
}

function headRunOf({ head, headRun = 0 }: SourceState): Run[] {
  return head ? [{ generation: head.generation, run: headRun }] : []
}

/** Runs of a source whose inserts do not count (yet): one that repeats the write of the head is another run of it. */
export function uncommitted(state: SourceState): Run[] {
  const { pending } = state
  const overtaken = abandonedIn(state)
  if (!pending) return overtaken
  const { generation, run = 0 } = pending
  const isHead = headRunOf(state).some((head) => head.generation === generation && head.run === run)
  return isHead ? overtaken : [...overtaken, { generation, run }]
}
