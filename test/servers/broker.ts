import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startFerretdb } from './ferretdb.js'
import { startMongoJava } from './mongo-java.js'
import { startRedis } from './redis.js'
import type { RunningServer } from './running-server.js'
import { startZookeeper } from './zookeeper.js'

const STARTERS = {
  redis: () => startRedis(),
  ferretdb: () => startFerretdb(),
  'mongo-java': () => startMongoJava(),
  zookeeper: () => startZookeeper(),
} as const
export type SharedServer = keyof typeof STARTERS

export interface Broker extends AsyncDisposable {
  readonly url: string
}

/**
 * Test files run in processes of their own. What they share hangs on this broker: `GET /<server>` answers with the server's URL and starts it when nobody has
 * asked before; `GET /database` answers with a number that nobody else gets.
 */
export async function startBroker(): Promise<Broker> {
  const started = new Map<SharedServer, Promise<RunningServer>>()
  let databases = 0
  const server = createServer((request, response) => {
    const name = (request.url ?? '').slice(1)
    const answer = name === 'database' ? Promise.resolve(String(++databases)) : urlOf(started, name)
    answer.then(
      (text) => response.end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, [Symbol.asyncDispose]: () => close(server, started) }
}

async function urlOf(started: Map<SharedServer, Promise<RunningServer>>, name: string): Promise<string> {
  if (!isShared(name)) throw new Error(`There is no server called ${name}`)
  const running = started.get(name) ?? STARTERS[name]()
  started.set(name, running)
  return (await running).url
}

function isShared(name: string): name is SharedServer {
  return Object.hasOwn(STARTERS, name)
}

async function close(server: Server, started: ReadonlyMap<SharedServer, Promise<RunningServer>>): Promise<void> {
  server.closeAllConnections()
  server.close()
  await Promise.allSettled([...started.values()].map(async (running) => (await running).stop()))
}
