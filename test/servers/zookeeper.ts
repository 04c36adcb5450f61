import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ZOOKEEPER_JAR } from '../setup/apt.mjs'
import { answers } from './ask.js'
import { launch } from './launch.js'
import type { RunningServer, ServerOptions } from './running-server.js'

/** Milliseconds; sessions last from twice to twenty times as long, so that an expiry does not hold up a test. */
const TICK_TIME_MS = 500

/** Starts a ZooKeeper of its own. */
export function startZookeeper(options: ServerOptions = {}): Promise<RunningServer> {
  return launch(
    {
      name: 'zookeeper',
      command: async (port, directory) => {
        const file = join(directory, 'zoo.cfg')
        await writeFile(file, configuration(port, directory))
        return ['java', ...JAVA_OPTIONS, '-cp', `${directory}:${ZOOKEEPER_JAR}`, 'org.apache.zookeeper.server.quorum.QuorumPeerMain', file]
      },
      // `ruok` is answered before requests are served, `srvr` then still with an excuse.
      ready: (process, port) => answers(process, port, 'srvr', /^Zookeeper version/),
      url: (port) => `127.0.0.1:${port}`,
    },
    options,
  )
}

/** The last 500 transactions stay in memory by default: at 900 KB each they would end a server of this size. */
const JAVA_OPTIONS = ['-Xmx512m', '-XX:+UseSerialGC', '-Dzookeeper.jmx.log4j.disable=true', '-Dzookeeper.commitLogCount=20']

function configuration(port: number, directory: string): string {
  const settings = {
    tickTime: TICK_TIME_MS,
    dataDir: join(directory, 'data'),
    clientPort: port,
    clientPortAddress: '127.0.0.1',
    'admin.enableServer': false,
    '4lw.commands.whitelist': 'ruok,srvr,mntr',
    maxClientCnxns: 0,
  }
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
