import { VarTrackError } from '@vartrack/errors'
import { networkCode, type StoreFault, storeError } from '@vartrack/sink-kit'

/** Codes of the server (its error_codes.yml) to what they mean. */
const CODES: ReadonlyMap<number, StoreFault> = new Map<number, StoreFault>([
  ...[13, 18, 8000].map((code) => [code, 'sink.auth'] as const),
  ...[89, 50, 262].map((code) => [code, 'sink.timeout'] as const),
  ...[6, 7, 9001].map((code) => [code, 'sink.unreachable'] as const),
  ...[91, 189, 10107, 11600, 11602, 13435, 13436, 64, 133, 14031].map((code) => [code, 'sink.unavailable'] as const),
  ...[16500, 462].map((code) => [code, 'sink.throttled'] as const),
])

const NAMES: Readonly<Record<string, StoreFault>> = {
  MongoServerSelectionError: 'sink.unreachable',
  MongoNetworkError: 'sink.unreachable',
  MongoNetworkTimeoutError: 'sink.timeout',
  MongoOperationTimeoutError: 'sink.timeout',
  MongoPoolClearedError: 'sink.unreachable',
  MongoTopologyClosedError: 'sink.unreachable',
  MongoNotConnectedError: 'sink.unreachable',
  MongoClientClosedError: 'sink.unreachable',
  MongoWaitQueueTimeoutError: 'sink.unavailable',
}

/** The code of a duplicate `_id`. */
const DUPLICATE = 11_000

/** Anything the driver threw, as the error whose disposition says what to do. */
export function mongoError(error: unknown, location?: string): VarTrackError {
  if (error instanceof VarTrackError) return error
  const { code, name } = describe(error)
  const known = (code === undefined ? undefined : CODES.get(code)) ?? NAMES[name]
  const detail = code === undefined ? name : `code ${code}`
  return storeError(known ?? (networkCode(error) ? 'sink.unreachable' : 'sink.refused'), detail, location)
}

/** Was a document of this `_id` there already? */
export function isDuplicate(error: unknown): boolean {
  return describe(error).code === DUPLICATE
}

function describe(error: unknown): { code: number | undefined; name: string } {
  if (!(error instanceof Error)) return { code: undefined, name: 'unknown' }
  const code = 'code' in error ? error.code : undefined
  return { code: typeof code === 'number' ? code : undefined, name: error.name }
}
