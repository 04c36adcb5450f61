import type { TestProject } from 'vitest/node'
import { type Broker, startBroker } from './broker.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the {@link Broker} of this run. */
    serverBroker: string
  }
}

/** Run by vitest once, before the first test file; what it returns is run after the last one. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const broker: Broker = await startBroker()
  project.provide('serverBroker', broker.url)
  return async () => broker[Symbol.asyncDispose]()
}
