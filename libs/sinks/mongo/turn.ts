import { setTimeout as pause } from 'node:timers/promises'
import { casState, readState } from './state-store.js'
import type { Writing } from './write.js'

/** A turn that nobody gave back for so long is over, ms. Then only the revision in the document stands between two writers. */
const PATIENCE_MS = 1000
const POLL_MS = 20

/**
 * Does the work while no other writer of the location does: documents that writers share are read, changed and written back, and not every server lets
 * only one of several simultaneous updates of a document win.
 */
export async function inTurn<T>(writing: Writing, work: () => Promise<T>): Promise<T> {
  await takeTurn(writing)
  try {
    return await work()
  } finally {
    await giveBack(writing)
  }
}

async function takeTurn(writing: Writing): Promise<void> {
  const { database, location, token } = writing
  for (let seen = { turn: token, since: 0 }; ; ) {
    await writing.check()
    const before = await readState(database, location)
    const turn = before.state.turn ?? null
    if (turn !== null && turn !== seen.turn) seen = { turn, since: performance.now() }
    const isFree = turn === null || performance.now() - seen.since > PATIENCE_MS
    if (isFree && (await casState(database, location, before, { ...before.state, turn: token }))) return
    if (!isFree) await pause(POLL_MS)
  }
}

async function giveBack({ database, location, token }: Writing): Promise<void> {
  for (;;) {
    const before = await readState(database, location)
    if (before.state.turn !== token || (await casState(database, location, before, { ...before.state, turn: null }))) return
  }
}
