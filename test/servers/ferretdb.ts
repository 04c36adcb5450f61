import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ferretdb, goServerProgram } from '../setup/go-server.mjs'
import { START_TIMEOUT_MS } from './ask.js'
import { launch } from './launch.js'
import type { RunningServer, ServerOptions } from './running-server.js'

/** Starts a FerretDB of its own: MongoDB's wire over SQLite files, which survive kill -9. No transactions, no change streams. */
export function startFerretdb(options: ServerOptions = {}): Promise<RunningServer> {
  return launch(
    {
      name: 'ferretdb',
      command: async (port, directory) => {
        const data = join(directory, 'data')
        await mkdir(data, { recursive: true })
        return [await goServerProgram(ferretdb), '-listen-addr', `127.0.0.1:${port}`, '-sqlite-url', `file:${data}/`]
      },
      ready: (process) => process.waitFor(/^listening mongodb:/m, START_TIMEOUT_MS),
      url: (port) => `mongodb://127.0.0.1:${port}/`,
    },
    options,
  )
}
