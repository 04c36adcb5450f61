import { setTimeout as pause } from 'node:timers/promises'
import { casState, readState, type VersionedState } from './state-store.js'
import type { Writing } from './write.js'

/** A turn that nobody gave back for so long is over, ms. Then only the revision in the document stands between two writers. */
const PATIENCE_MS = 1000
const POLL_MS = 20

/**
 * Does the work while no other writer of the location does: documents that writers share are read, changed and written back, and not every server lets
 * only one of several simultaneous updates of a document win. One with transactions does.
 */
export async function inTurn<T>(writing: Writing, work: () => Promise<T>): Promise<T> {
  if (writing.options.session) return work()
  await takeTurn(writing)
  try {
    return await work()
  } finally {
    await giveBack(writing)
  }
}

async function takeTurn(writing: Writing): Promise<void> {
  const { token } = writing
  for (let seen = { turn: token, since: 0 }; ; ) {
    const before = await writing.check()
    const turn = before.state.turn ?? null
    if (turn !== null && turn !== seen.turn) seen = { turn, since: performance.now() }
    const isFree = turn === null || performance.now() - seen.since > PATIENCE_MS
    if (isFree && (await setTurn(writing, before, token))) return
    if (!isFree) await pause(POLL_MS)
  }
}

/** From the state seen last, which is read again when it is not the newest any more. */
async function giveBack(writing: Writing): Promise<void> {
  for (let before = writing.seen.last; ; before = await readState(writing)) {
    if (before.state.turn !== writing.token || (await setTurn(writing, before, null))) return
  }
}

async function setTurn(writing: Writing, before: VersionedState, turn: string | null): Promise<boolean> {
  const after = await casState(writing, before, { ...before.state, turn })
  if (after) writing.seen.last = after
  return after !== undefined
}
