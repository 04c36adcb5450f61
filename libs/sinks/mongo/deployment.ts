import type { Db } from 'mongodb'
import { BULK } from './traits.js'

/** What kind of server answers, as far as writing depends on it. */
export interface Deployment {
  /** Most updates one command may carry. */
  readonly updatesPerCommand: number
}

/**
 * FerretDB 1.24 keeps one of its 100 connections to SQLite for each update of a command until the command ends: a command with 100 updates waits for ever,
 * and so do several that have as many together. With eight a driver's ten sockets stay below.
 */
const FERRETDB_UPDATES = 8

/** Asks the server what it is. */
export async function deploymentOf(database: Db): Promise<Deployment> {
  const build = await database.command({ buildInfo: 1 })
  return { updatesPerCommand: 'ferretdbVersion' in build ? FERRETDB_UPDATES : BULK.records }
}
