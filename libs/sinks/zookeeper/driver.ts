import { createRequire } from 'node:module'

/** What is used of node-zookeeper-client, which brings no types. */
export interface DriverClient {
  connect(): void
  close(): void
  addAuthInfo(scheme: string, auth: Buffer): void
  on(event: 'connected' | 'expired' | 'authenticationFailed', listener: () => void): void
  getState(): { readonly name: string }
  getData(path: string, done: (error: DriverError | null, data: Buffer | undefined, stat: DriverStat) => void): void
  getChildren(path: string, done: (error: DriverError | null, children: string[]) => void): void
  exists(path: string, done: (error: DriverError | null, stat: DriverStat | null) => void): void
  /** Not public: the only way to end a connection to a server that does not answer, to send many requests in one packet, and packets of our own. */
  readonly connectionManager: {
    readonly socket?: { destroy(): void; cork(): void; uncork(): void }
    readonly connectTimeoutHandler: NodeJS.Timeout | null
    queue(request: DriverRequest, done: (error: DriverError | null, response: DriverResponse | undefined) => void): void
  }
}

export interface DriverStat {
  readonly version: number
  readonly numChildren: number
}

/** A request as the driver sends it; it sets the xid before it asks for the packet. */
export interface DriverRequest {
  readonly header: { xid: number; readonly type: number }
  readonly toBuffer: () => Buffer
}

interface DriverResponse {
  readonly payload: { readonly results: readonly MultiResult[] }
}

/** Of one step of a multi; `err` when the multi failed. */
export interface MultiResult {
  readonly err?: number
}

/** An error with ZooKeeper's own (negative) code. */
export interface DriverError extends Error {
  readonly code: number
}

/** The longest pause of the driver between two tries to connect. */
export const SPIN_DELAY_MS = 200

interface Driver {
  createClient(connection: string, options: { sessionTimeout: number; spinDelay: number; retries: number }): DriverClient
  readonly Exception: { create: (code: number, path?: string) => DriverError }
}

/** ZooKeeper's codes; those the driver does not know are here too. */
export const CODE = {
  connectionLoss: -4,
  marshalling: -5,
  noNode: -101,
  noAuth: -102,
  badVersion: -103,
  nodeExists: -110,
  notEmpty: -111,
  sessionExpired: -112,
  invalidAcl: -114,
  authFailed: -115,
  sessionMoved: -118,
  quotaExceeded: -125,
  throttled: -127,
} as const

/**
 * The driver, taught not to throw inside its socket handler at a code it does not know: that would end the process.
 */
export function loadDriver(): Driver {
  const driver = createRequire(import.meta.url)('node-zookeeper-client') as Driver
  const known = driver.Exception.create
  driver.Exception.create = (code, path) => {
    try {
      return known(code, path)
    } catch {
      return Object.assign(new Error(`ZooKeeper code ${code}`), { code })
    }
  }
  return driver
}
