import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ferretdb, goServerProgram } from '../setup/go-server.mjs'
import { START_TIMEOUT_MS } from './ask.js'
import { launch } from './launch.js'
import type { RunningServer, ServerOptions } from './running-server.js'

/** What a FerretDB may be asked for. */
export interface FerretdbOptions extends ServerOptions {
  /** Nobody gets in without it, by SCRAM in the database `admin`. */
  readonly credentials?: { readonly username: string; readonly password: string }
}

/** Starts a FerretDB of its own: MongoDB's wire over SQLite files, which survive kill -9. No transactions, no change streams. */
export function startFerretdb(options: FerretdbOptions = {}): Promise<RunningServer> {
  return launch(
    {
      name: 'ferretdb',
      command: async (port, directory) => {
        const data = join(directory, 'data')
        await mkdir(data, { recursive: true })
        const access = options.credentials ? await accessArguments(options.credentials, directory) : []
        return [await goServerProgram(ferretdb), '-listen-addr', `127.0.0.1:${port}`, '-sqlite-url', `file:${data}/`, ...access]
      },
      ready: (process) => process.waitFor(/^listening mongodb:/m, START_TIMEOUT_MS),
      url: (port) => `mongodb://127.0.0.1:${port}/`,
    },
    options,
  )
}

async function accessArguments({ username, password }: NonNullable<FerretdbOptions['credentials']>, directory: string): Promise<string[]> {
  const file = join(directory, 'password')
  await writeFile(file, password, { mode: 0o600 })
  return ['-username', username, '-password-file', file]
}
