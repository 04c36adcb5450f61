import { VarTrackError } from '@vartrack/errors'
import { type StoreFault, storeError } from '@vartrack/sink-kit'
import { CODE } from './driver.js'

const FAULTS: Readonly<Record<number, readonly [StoreFault, string]>> = {
  [CODE.connectionLoss]: ['sink.unreachable', 'connection loss'],
  [CODE.sessionExpired]: ['sink.unreachable', 'session expired'],
  [CODE.sessionMoved]: ['sink.unreachable', 'session moved'],
  [CODE.noAuth]: ['sink.auth', 'no auth'],
  [CODE.authFailed]: ['sink.auth', 'auth failed'],
  [CODE.invalidAcl]: ['sink.refused', 'invalid ACL'],
  [CODE.throttled]: ['sink.throttled', 'throttled'],
  [CODE.quotaExceeded]: ['sink.refused', 'quota exceeded'],
  [CODE.notEmpty]: ['sink.wrong_type', 'the znode of a key has children'],
}

/** Anything the driver threw, as the error whose disposition says what to do. */
export function zooKeeperError(error: unknown, location?: string): VarTrackError {
  if (error instanceof VarTrackError) return error
  const code = codeOf(error)
  const [fault, detail] = (code === undefined ? undefined : FAULTS[code]) ?? (['sink.refused', `code ${code ?? 'unknown'}`] as const)
  return storeError(fault, detail, location)
}

/** ZooKeeper's code of an error of the driver. */
export function codeOf(error: unknown): number | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'number' ? code : undefined
}
