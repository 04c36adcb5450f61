import type { RunningProcess } from '../support/processes.js'

/** A real server of its own, started for one owner and gone with it. */
export interface RunningServer extends AsyncDisposable {
  /** As its clients take it: `redis://`, `mongodb://`, `host:port` for ZooKeeper. */
  readonly url: string
  readonly port: number
  /** The program itself: kill, pause and resume it here. */
  readonly process: RunningProcess
  /** Where its data lie. */
  readonly directory: string
  /** Ends it, and removes its data if they lie in a temporary directory. */
  stop(): Promise<void>
}

/** Options every server understands. */
export interface ServerOptions {
  /** On loopback; default: a free one. A restart takes the port of the server it replaces. */
  readonly port?: number
  /** Keeps the data there, for a restart; default: a temporary directory that goes with the server. */
  readonly directory?: string
}
