import { toVarTrackError } from '@vartrack/errors'
import type { RegistryLocation, SchemaLog, Snapshot } from './contract.js'
import type { LastGood } from './last-good.js'

/** A snapshot of a repository is read again when it is older, in ms. */
const MAX_AGE = 5 * 60_000
/** A folder is read again for every few files. */
const MAX_FOLDER_AGE = 1_000
/** A registry that is down is asked again after this, in ms. */
const RETRY_AFTER = 15_000
/** One reading of a registry may take so long, in ms. */
const READ_TIMEOUT = 60_000

/** What a registry works with. */
export interface RegistryOptions {
  readonly location: RegistryLocation
  readonly read: (before: Snapshot | undefined, signal: AbortSignal) => Promise<Snapshot>
  readonly lastGood: LastGood
  readonly log: SchemaLog
}

/** One registry, as this process knows it. */
export interface Registry {
  /**
   * The schemas: those read last while they are not too old, else read anew; the last good ones while the registry is down.
   * @param known the version another process has seen; one that is new here makes this process read too
   * @throws VarTrackError when it cannot be read and never could
   */
  snapshot(known: string | undefined): Promise<Snapshot>
  /** Reads it now. @throws VarTrackError when it cannot be read, whatever is known */
  refresh(): Promise<Snapshot>
}

/** Nothing is read before it is asked for. */
export function createRegistry({ location, read, lastGood, log }: RegistryOptions): Registry {
  const maxAge = location.kind === 'folder' ? MAX_FOLDER_AGE : MAX_AGE
  let current: Snapshot | undefined
  let expires = 0
  let seen: string | undefined
  let reading: Promise<Snapshot> | undefined
  let following: Promise<Snapshot> | undefined

  const notKept = (error: Error) =>
    log.warn({ registry: location.key }, `the schemas cannot be kept on disk for a time when their registry is down: ${error.message}`)
  const readNow = async (): Promise<Snapshot> => {
    const next = await read(current, AbortSignal.timeout(READ_TIMEOUT))
    if (next.version !== current?.version) {
      log.info({ registry: location.key, version: next.version, schemas: next.files.size }, 'schemas were read from their registry')
      await lastGood.keep(location.key, next).catch(notKept)
    }
    current = next
    expires = performance.now() + maxAge
    return next
  }
  const start = (): Promise<Snapshot> => {
    reading = readNow().finally(() => {
      reading = undefined
    })
    return reading
  }
  /** A reading under way may have begun before the push that somebody asks for: another follows it. */
  const refresh = (): Promise<Snapshot> => {
    if (!reading) return start()
    following ??= reading
      .catch(() => undefined)
      .then(() => {
        following = undefined
        return start()
      })
    return following
  }
  const serveLastGood = async (thrown: unknown): Promise<Snapshot> => {
    const last = current ?? (await lastGood.read(location.key))
    if (!last) throw thrown
    const error = toVarTrackError(thrown)
    log.warn(
      { registry: location.key, code: error.code, version: last.version },
      `the schema registry cannot be read; the last good schemas serve: ${error.message}`,
    )
    current = last
    expires = performance.now() + Math.min(RETRY_AFTER, maxAge)
    return last
  }
  return {
    refresh,
    async snapshot(known) {
      const news = known !== undefined && known !== seen && known !== current?.version
      if (current && !news && performance.now() < expires) return current
      seen = known
      return (news ? refresh() : (reading ?? start())).catch(serveLastGood)
    },
  }
}
