import { mongoJavaClassPath } from '../setup/mongo-java.mjs'
import { START_TIMEOUT_MS } from './ask.js'
import { launch } from './launch.js'
import type { RunningServer, ServerOptions } from './running-server.js'

/** Starts a mongo-java-server of its own: MongoDB's wire from memory, fast, with change streams. No sessions; a stopped server has lost its data. */
export function startMongoJava(options: ServerOptions = {}): Promise<RunningServer> {
  return launch(
    {
      name: 'mongo-java',
      command: async (port) => ['java', '-Xmx512m', '-XX:+UseSerialGC', '-cp', await mongoJavaClassPath(), 'Main', String(port)],
      ready: (process) => process.waitFor(/^listening mongodb:/m, START_TIMEOUT_MS),
      url: (port) => `mongodb://127.0.0.1:${port}/?directConnection=true`,
    },
    options,
  )
}
