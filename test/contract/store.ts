import type { Session, Sink } from '@vartrack/sink-kit'

/** A real server and the sink that writes to it: what the laws are run against. */
export interface Store extends AsyncDisposable {
  /** Shown in the test's name. */
  readonly name: string
  readonly sink: Sink
  readonly port: number
  /** The datasource block, with what a law changes in it. */
  options(changes?: Readonly<Record<string, unknown>>): unknown
  /** The options that lead to another port of this machine. */
  at(port: number): Readonly<Record<string, unknown>>
  /** Options whose credentials the server refuses; null: this server knows no credentials. */
  readonly wrongCredentials: Readonly<Record<string, unknown>> | null
  /** Texts that no error may hold. */
  readonly secrets: readonly string[]
  /** The largest value that fits once it is encoded, in bytes. */
  readonly valueBytes: number
  /** As many keys as a law writes at once without waiting for minutes. */
  readonly manyKeys: number
  /** Somebody changes values behind varTrack's back, with the store's own means; `null` removes. */
  tamper(location: string, values: Readonly<Record<string, string | null>>): Promise<void>
  /** Everything that lies in the store, as text that is equal only when all of it is. */
  dump(): Promise<string>
}

/** Opens a session as a writer would; a secret is its own text. */
export async function openSession(
  store: Store,
  changes: Readonly<Record<string, unknown>> = {},
  signal = AbortSignal.timeout(60_000),
): Promise<Session> {
  const options = store.sink.options.parse(store.options(changes))
  return store.sink.open(options, { secret: async (reference) => (typeof reference === 'string' ? reference : ''), signal })
}

let places = 0

/** A place that no other test writes to. */
export function newLocation(store: Store): string {
  places += 1
  return store.sink.location(store.sink.type === 'zookeeper' ? '/laws/{env}' : 'laws-{env}', { env: `place-${process.pid}-${places}` })
}
