import { VarTrackError } from '@vartrack/errors'
import { Head } from './contract.js'

/** A head as the stores keep it: JSON with its fields in one order. */
export function encodeHead(head: Head): string {
  return JSON.stringify(Head.parse(head))
}

/**
 * A head as a store gave it back.
 * @throws VarTrackError `head.malformed` when somebody wrote over it
 */
export function decodeHead(text: string, location: string): Head {
  const parsed = Head.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new VarTrackError({
    code: 'head.malformed',
    message: `What varTrack keeps about ${location} cannot be read; somebody wrote over it.`,
    remedy: 'Remove it; the next sync writes it again.',
    place: { destination: location },
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
