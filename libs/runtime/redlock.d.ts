// The package has no types under nodenext. Only what is used is declared: `using()` spins when its lock is stolen and loses the result.
declare module 'redlock' {
  import type { Redis } from 'ioredis'

  export interface Lock {
    /** Unix time in ms by this process's clock, drift taken off. */
    readonly expiration: number
  }

  export interface Settings {
    readonly retryCount: number
    readonly retryDelay: number
    readonly retryJitter: number
    readonly driftFactor: number
  }

  export default class Redlock {
    constructor(clients: Iterable<Redis>, settings?: Partial<Settings>)
    on(event: 'error', listener: (error: Error) => void): this
    acquire(resources: string[], durationMs: number, settings?: Partial<Settings>): Promise<Lock>
    extend(lock: Lock, durationMs: number, settings?: Partial<Settings>): Promise<Lock>
    release(lock: Lock, settings?: Partial<Settings>): Promise<unknown>
  }
}
