import { Head, storeError } from '@vartrack/sink-kit'
import { z } from 'zod'

/** A blob in hidden chunks. */
const BlobName = z.object({ name: z.string(), chunks: z.number().int().positive() })
export type BlobName = z.infer<typeof BlobName>

/** What the znode of a location holds: who has written there, where the journals lie, and changes that are valid but not all in their znodes yet. */
const RootState = z.object({
  vartrack: z.literal(1),
  sources: z.array(z.object({ head: Head, journals: z.array(BlobName.extend({ generation: z.number().int() })) })),
  redo: BlobName.nullable(),
})
export type RootState = z.infer<typeof RootState>
export type SourceState = RootState['sources'][number]

/** The state of a place where nobody has written. */
export const NOBODY: RootState = { vartrack: 1, sources: [], redo: null }

/** The bytes of a state. */
export function encodeRoot(state: RootState): Buffer {
  return Buffer.from(JSON.stringify(state))
}

/**
 * The state in the data of a location's znode. A znode without data is one where nobody has written.
 * @throws VarTrackError `sink.wrong_type` when the data is somebody else's
 */
export function decodeRoot(data: Buffer, location: string): RootState {
  if (data.length === 0) return NOBODY
  const parsed = RootState.safeParse(parseJson(data))
  if (parsed.success) return parsed.data
  throw storeError('sink.wrong_type', "the znode's own data is not varTrack's", location)
}

/** The part of one source, if it has written. */
export function sourceOf(state: RootState, source: string): SourceState | undefined {
  return state.sources.find((candidate) => candidate.head.source === source)
}

function parseJson(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString())
  } catch {
    return undefined
  }
}
