import type { Datasource } from '@vartrack/bundle'
import { VarTrackError, withPlace } from '@vartrack/errors'
import type { Session, Sink, SinkContext } from '@vartrack/sink-kit'

/**
 * Open connections by datasource: opened when first needed, thrown away after an error that may have broken them. Others that still work over such a
 * session end with it or before it: it closes after the last of them.
 */
export interface SessionPool extends AsyncDisposable {
  /**
   * Runs work over the datasource's session.
   * @throws VarTrackError `datasource.unknown`, whatever opening or the work throws
   */
  use<T>(datasource: string, work: (session: Session, sink: Sink) => Promise<T>): Promise<T>
}

/** What a pool is made from. */
export interface SessionPoolOptions {
  readonly datasources: () => readonly Datasource[]
  readonly sinks: ReadonlyMap<string, Sink>
  readonly secret: SinkContext['secret']
  /** Aborts connecting. */
  readonly signal: AbortSignal
}

/** A session that is open, and how many use it. */
interface Entry {
  readonly options: unknown
  readonly session: Promise<Session>
  users: number
}

/** A pool with one session per datasource; the drivers pool their own sockets. */
export function createSessionPool(options: SessionPoolOptions): SessionPool {
  const open = new Map<string, Entry>()

  const drop = (name: string, entry: Entry): void => {
    if (open.get(name) === entry) open.delete(name)
  }

  const entryOf = (datasource: Datasource, sink: Sink): Entry => {
    const known = open.get(datasource.name)
    if (known && known.options === datasource.options) return known
    const session = sink.open(datasource.options, { secret: options.secret, signal: options.signal })
    const entry = { options: datasource.options, session, users: 0 }
    open.set(datasource.name, entry)
    if (known?.users === 0) void closeQuietly(known)
    return entry
  }

  return {
    async use(name, work) {
      const datasource = findDatasource(options.datasources(), name)
      const sink = findSink(options.sinks, datasource)
      const entry = entryOf(datasource, sink)
      entry.users += 1
      try {
        return await work(await opened(entry, () => drop(name, entry)), sink)
      } catch (error) {
        if (mayHaveBroken(error)) drop(name, entry)
        throw inDatasource(error, name)
      } finally {
        entry.users -= 1
        if (entry.users === 0 && open.get(name) !== entry) await closeQuietly(entry)
      }
    },
    async [Symbol.asyncDispose]() {
      const entries = [...open.values()]
      open.clear()
      await Promise.all(entries.map(closeQuietly))
    },
  }
}

/** A session that could not be opened is opened anew at the next use, whatever the reason was: a file with a password may be there by then. */
async function opened(entry: Entry, drop: () => void): Promise<Session> {
  try {
    return await entry.session
  } catch (error) {
    drop()
    throw error
  }
}

/** A session that is thrown away after a fault may fail to close; that fault was told already. */
async function closeQuietly({ session }: Entry): Promise<void> {
  try {
    await (await session)[Symbol.asyncDispose]()
  } catch {
    return
  }
}

function findDatasource(datasources: readonly Datasource[], name: string): Datasource {
  const datasource = datasources.find((candidate) => candidate.name === name)
  if (datasource) return datasource
  throw new VarTrackError({
    code: 'datasource.unknown',
    message: `The bundle has no datasource ${name}.`,
    remedy: 'It was there when this was planned; put it back or remove its rules.',
    place: { datasource: name },
  })
}

function findSink(sinks: ReadonlyMap<string, Sink>, datasource: Datasource): Sink {
  const sink = sinks.get(datasource.type)
  if (sink) return sink
  throw new VarTrackError({
    code: 'sink.unknown',
    message: `No sink writes to ${datasource.type}.`,
    remedy: 'The bundle should have been refused; this is a defect of varTrack, please report it.',
    place: { datasource: datasource.name },
    disposition: { kind: 'bug' },
  })
}

/** A refusal, or a fault of Redis or Git, leaves the connection sound; a fault of the store may have broken it, and opening again is what mends it. */
function mayHaveBroken(error: unknown): boolean {
  if (!(error instanceof VarTrackError)) return true
  return error.code === 'sink.auth' || (error.code.startsWith('sink.') && error.code !== 'sink.aborted' && error.disposition.kind === 'retry')
}

/** A session does not know what its datasource is called. */
function inDatasource(error: unknown, name: string): unknown {
  return error instanceof VarTrackError && error.place.datasource === undefined ? withPlace(error, { datasource: name }) : error
}
