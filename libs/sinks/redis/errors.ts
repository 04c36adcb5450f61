import { VarTrackError } from '@vartrack/errors'
import { networkCode, type StoreFault, storeError } from '@vartrack/sink-kit'

/** First word of an error reply to what it means; the words after it can hold keys and values. */
const REPLIES: Readonly<Record<string, StoreFault>> = {
  WRONGPASS: 'sink.auth',
  NOAUTH: 'sink.auth',
  NOPERM: 'sink.auth',
  WRONGTYPE: 'sink.wrong_type',
  LOADING: 'sink.unavailable',
  BUSY: 'sink.unavailable',
  READONLY: 'sink.unavailable',
  MASTERDOWN: 'sink.unavailable',
  CLUSTERDOWN: 'sink.unavailable',
  TRYAGAIN: 'sink.unavailable',
  MOVED: 'sink.unavailable',
  MISCONF: 'sink.unavailable',
  NOREPLICAS: 'sink.unavailable',
  UNKILLABLE: 'sink.unavailable',
  OOM: 'sink.unavailable',
}

/** Anything the driver threw, as the error whose disposition says what to do. */
export function redisError(error: unknown, location?: string): VarTrackError {
  if (error instanceof VarTrackError) return error
  const network = networkCode(error)
  if (network) return storeError('sink.unreachable', network, location)
  const message = error instanceof Error ? error.message : ''
  const word = /^[A-Z]+(?= )/.exec(message)?.[0] ?? ''
  const fault = REPLIES[word]
  if (fault) return storeError(fault, word, location)
  if (/max number of clients/.test(message)) return storeError('sink.throttled', 'too many clients', location)
  if (/invalid password|without any password configured/i.test(message)) return storeError('sink.auth', word, location)
  if (isReply(error)) return storeError('sink.refused', word || 'an error reply', location)
  return storeError('sink.unreachable', 'the connection is closed', location)
}

function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError'
}
