import { VarTrackError } from '@vartrack/errors'
import { networkCode, type StoreFault, storeError } from '@vartrack/sink-kit'
import {
  MongoBulkWriteError,
  MongoError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoSystemError,
} from 'mongodb'

/** Codes of the server (its error_codes.yml) to what they mean. */
const CODES: ReadonlyMap<number, StoreFault> = new Map<number, StoreFault>([
  ...[13, 18, 8000].map((code) => [code, 'sink.auth'] as const),
  ...[89, 50, 262].map((code) => [code, 'sink.timeout'] as const),
  ...[6, 7, 9001].map((code) => [code, 'sink.unreachable'] as const),
  ...[91, 189, 10107, 11600, 11602, 13435, 13436, 64, 133, 14031].map((code) => [code, 'sink.unavailable'] as const),
  ...[16500, 462].map((code) => [code, 'sink.throttled'] as const),
])

/** The code of a duplicate `_id`, and that of a document that another transaction is changing. */
const DUPLICATE = 11_000
const WRITE_CONFLICT = 112

/** Another writer of the location was quicker: a transaction has to begin anew. */
export class LostRace extends Error {}

/** Anything the driver threw, as the error whose disposition says what to do. */
export function mongoError(error: unknown, location?: string): VarTrackError {
  if (error instanceof VarTrackError) return error
  if (hasLabel(error, 'UnknownTransactionCommitResult'))
    return storeError('sink.unavailable', 'whether the write was committed is not known', location)
  const code = codeOf(error)
  const known = (code === undefined ? undefined : CODES.get(code)) ?? faultOf(error)
  const fault = known ?? (hasLabel(error, 'TransientTransactionError') ? 'sink.unavailable' : 'sink.refused')
  return storeError(fault, code === undefined ? nameOf(error) : `code ${code}`, location)
}

/** Was a document of this `_id` there already? */
export function isDuplicate(error: unknown): boolean {
  return codeOf(error) === DUPLICATE
}

/** Is another transaction changing the document at this moment? */
export function isWriteConflict(error: unknown): boolean {
  return codeOf(error) === WRITE_CONFLICT
}

function hasLabel(error: unknown, label: string): boolean {
  return error instanceof MongoError && error.hasErrorLabel(label)
}

/** A bulk hides a broken connection behind its own error. */
function faultOf(error: unknown): StoreFault | undefined {
  if (error instanceof MongoNetworkTimeoutError || error instanceof MongoOperationTimeoutError) return 'sink.timeout'
  if (error instanceof MongoBulkWriteError) return faultOf(error.errorResponse)
  const isSystem = error instanceof MongoNetworkError || error instanceof MongoSystemError || error instanceof MongoNotConnectedError
  return isSystem || networkCode(error) !== undefined ? 'sink.unreachable' : undefined
}

function codeOf(error: unknown): number | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'number' ? code : undefined
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown'
}
