import type { Session, SinkTraits } from '@vartrack/sink-kit'

/** A store with two ways to it: the sink, and its raw driver. */
export interface BulkStore extends AsyncDisposable {
  readonly name: string
  readonly traits: SinkTraits
  readonly session: Session
  /** A place nobody has written to. */
  newLocation(): string
  /** The driver's own way to put many keys into a place. */
  rawWrite(location: string, entries: readonly Entry[]): Promise<void>
  /** The driver's own way to read all of a place. Gives how many keys it read. */
  rawRead(location: string): Promise<number>
}

export type Entry = readonly [key: string, value: string]

/** As many entries as the tables speak of, of the sizes that configuration has. */
export function entriesOf(count: number): Entry[] {
  return Array.from({ length: count }, (_, index) => [`service.group${index % 100}.key${index}`, `value-of-key-${index}`])
}
