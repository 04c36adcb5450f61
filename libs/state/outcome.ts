import type { TargetOutcome } from './contract.js'

/**
 * How a target ended at which nothing was put, deleted or kept; as of now.
 * @param more what there is to say beside
 */
export function emptyOutcome(state: TargetOutcome['state'], more: Partial<TargetOutcome> = {}): TargetOutcome {
  return { state, put: 0, deleted: 0, kept: 0, at: new Date().toISOString(), ...more }
}
