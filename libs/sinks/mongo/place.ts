import type { Db } from 'mongodb'

/** A location, and how its server wants to be spoken to. */
export interface Place {
  readonly database: Db
  readonly location: string
  /** Most updates one command may carry. */
  readonly updatesPerCommand: number
}
