import type { Target, TargetOutcome } from '@vartrack/state'
import { ARRIVAL_MS } from './chain.js'
import { eventually } from './eventually.js'
import type { RunningVarTrack } from './vartrack.js'

/** A change set as the admin API tells it. */
export interface ToldChangeSet {
  readonly id: string
  readonly state: string
  readonly cause: string
  readonly repo: string
  readonly ref: string
  readonly commit?: string
  readonly error?: ToldError & { readonly others?: readonly ToldError[] }
  readonly targets: readonly (Pick<Target, 'datasource' | 'location' | 'source'> & { readonly outcome: TargetOutcome | null })[]
}

/** An error as the admin API tells it: where it is, as far as that is known. */
export interface ToldError {
  readonly code: string
  readonly message: string
  readonly remedy?: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

/** Asks the admin API as an operator does, with the token that the log told. @throws Error when it answers with anything but success */
export async function askApi(varTrack: RunningVarTrack, path: string, body?: object): Promise<unknown> {
  const token = varTrack.log().find((line) => typeof line.admin_access === 'string')?.admin_access
  const response = await fetch(`${varTrack.url}/api/v1${path}`, {
    headers: { authorization: `Bearer ${String(token)}`, 'content-type': 'application/json' },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return response.json()
}

/** The newest change sets, each with how its targets ended. */
export async function changeSets(varTrack: RunningVarTrack): Promise<ToldChangeSet[]> {
  const { change_sets: found } = (await askApi(varTrack, '/change-sets')) as { change_sets: ToldChangeSet[] }
  return (await Promise.all(found.map((each) => askApi(varTrack, `/change-sets/${each.id}`)))) as ToldChangeSet[]
}

/** Waits for a change set that fits, and gives it. */
export function changeSet(varTrack: RunningVarTrack, fits: (changeSet: ToldChangeSet) => boolean, timeoutMs = ARRIVAL_MS): Promise<ToldChangeSet> {
  return eventually(async () => (await changeSets(varTrack)).find(fits), { timeoutMs, everyMs: 100 })
}

/** How each destination of a change set ended, by datasource. */
export function outcomesOf(told: ToldChangeSet): Record<string, string> {
  return Object.fromEntries(told.targets.map((target) => [target.datasource, target.outcome?.state ?? 'none']))
}
