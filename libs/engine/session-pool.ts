import type { Datasource } from '@vartrack/bundle'
import { VarTrackError } from '@vartrack/errors'
import type { Session, Sink, SinkContext } from '@vartrack/sink-kit'

/** Open connections by datasource: opened when first needed, thrown away after an error that may have broken them. */
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

interface Entry {
  readonly options: unknown
  readonly session: Promise<Session>
}

/** A pool with one session per datasource; the drivers pool their own sockets. */
export function createSessionPool(options: SessionPoolOptions): SessionPool {
  const open = new Map<string, Entry>()

  const drop = async (name: string, entry: Entry): Promise<void> => {
    if (open.get(name) === entry) open.delete(name)
    await closeQuietly(entry.session)
  }

  const entryOf = (datasource: Datasource, sink: Sink): Entry => {
    const known = open.get(datasource.name)
    if (known && known.options === datasource.options) return known
    if (known) void drop(datasource.name, known)
    const session = sink.open(datasource.options, { secret: options.secret, signal: options.signal })
    const entry = { options: datasource.options, session }
    open.set(datasource.name, entry)
    return entry
  }

  return {
    async use(name, work) {
      const datasource = findDatasource(options.datasources(), name)
      const sink = findSink(options.sinks, datasource)
      const entry = entryOf(datasource, sink)
      try {
        return await work(await entry.session, sink)
      } catch (error) {
        if (mayHaveBroken(error)) await drop(name, entry)
        throw inDatasource(error, name)
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...open].map(([name, entry]) => drop(name, entry)))
    },
  }
}

/** A session that is thrown away after a fault may fail to close; that fault was told already. */
async function closeQuietly(opening: Promise<Session>): Promise<void> {
  try {
    await (await opening)[Symbol.asyncDispose]()
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
    place: { datasource: datasource.name },
    disposition: { kind: 'bug' },
  })
}

/** A refusal leaves the connection sound; a fault may have broken it, and opening again is what mends it. */
function mayHaveBroken(error: unknown): boolean {
  return !(error instanceof VarTrackError) || error.disposition.kind === 'retry' || error.code.startsWith('sink.auth')
}

function inDatasource(error: unknown, name: string): unknown {
  if (!(error instanceof VarTrackError) || error.place.datasource) return error
  return new VarTrackError({ ...errorInput(error), place: { ...error.place, datasource: name } })
}

function errorInput(error: VarTrackError) {
  const { code, message, disposition, status, others, cause } = error
  return { code, message, disposition, status, others, cause, ...(error.remedy ? { remedy: error.remedy } : {}) }
}
