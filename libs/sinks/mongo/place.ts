import type { ClientSession, Db } from 'mongodb'

/** A location, and how its server wants to be spoken to. */
export interface Place {
  readonly database: Db
  readonly location: string
  /** Most updates one command may carry. */
  readonly updatesPerCommand: number
  /** Of every command: its transaction, if there is one. */
  readonly options: { readonly session?: ClientSession }
}

/** Runs work side by side, or one after the other where a transaction takes one command at a time. */
export async function together<T extends readonly unknown[]>({ options }: Place, ...work: { [K in keyof T]: () => Promise<T[K]> }): Promise<T> {
  if (!options.session) return (await Promise.all(work.map((one) => one()))) as unknown as T
  const results: unknown[] = []
  for (const one of work) results.push(await one())
  return results as unknown as T
}
