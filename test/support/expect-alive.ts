import { expect } from 'vitest'
import type { RunningVarTrack } from './vartrack.js'

/** The process lives, and has met nothing that nobody expects. */
export async function expectAlive({ adminUrl, process }: RunningVarTrack): Promise<void> {
  expect((await fetch(`${adminUrl}/health/liveness`)).status).toBe(200)
  expect(process.output()).not.toMatch(/"level":"fatal"|internal\.unexpected/)
}
