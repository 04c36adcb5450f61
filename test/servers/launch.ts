import { freePort } from '../support/free-port.js'
import { type RunningProcess, spawnProcess } from '../support/processes.js'
import { temporaryDirectory } from '../support/temporary-directory.js'
import type { RunningServer, ServerOptions } from './running-server.js'

/** How one kind of server is started. */
export interface Launch {
  readonly name: string
  /** Program and arguments, for a port and a data directory that exists; may write configuration there. */
  readonly command: (port: number, directory: string) => Promise<readonly [program: string, ...args: string[]]>
  /** Waits until the server answers. @throws Error when it does not */
  readonly ready: (process: RunningProcess, port: number) => Promise<unknown>
  readonly url: (port: number) => string
}

/**
 * Starts a server and waits until it answers.
 * @throws Error with the server's output when it does not come up
 */
export async function launch(kind: Launch, options: ServerOptions = {}): Promise<RunningServer> {
  const temporary = options.directory === undefined ? await temporaryDirectory(kind.name) : undefined
  const directory = options.directory ?? temporary?.path ?? ''
  const port = options.port ?? (await freePort())
  const [program, ...args] = await kind.command(port, directory)
  const process = spawnProcess(program, args, { cwd: directory, ...(temporary ? { directory } : {}) })
  const stop = async () => {
    await process.stop()
    await temporary?.[Symbol.asyncDispose]()
  }
  await kind.ready(process, port).catch(async (cause: unknown) => {
    await stop()
    throw new Error(`${kind.name} did not come up on port ${port}. Its output:\n${process.output()}`, { cause })
  })
  return { url: kind.url(port), port, process, directory, stop, [Symbol.asyncDispose]: stop }
}
