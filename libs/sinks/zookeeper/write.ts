import { checkFence, checkLimits, sameHead, storeError, type WriteRequest, type WriteResult } from '@vartrack/sink-kit'
import { type Blob, checksOf, leftovers, newBlob, readBlob, stage, sweep } from './blobs.js'
import type { MultiOutcome, Step } from './connection.js'
import { type BlobName, encodeRoot, type RootState, type SourceState, sourceOf } from './root-state.js'
import { bytesOf, type KeySteps, multis, presenceOf, stepsOf } from './steps.js'
import { limits, MULTI_BYTES } from './traits.js'
import { lookAt, type Root, readRoot, type Tree } from './tree.js'

/** How often a write begins again because somebody else changed the place meanwhile: other sources, or people. */
const ATTEMPTS = 12
/** Multis on their way at once when staged changes go to their znodes. */
const IN_FLIGHT = 12

/**
 * Writes the changes of one source. Values, journal and head become valid together: small changes in one multi; larger ones are staged as a blob, one
 * multi flips the head and names the blob, and then they go to their znodes, each multi guarded by the version of the head.
 * @throws VarTrackError `fence.*`, `sink.*`
 */
export async function writeTree(tree: Tree, request: WriteRequest): Promise<WriteResult> {
  checkLimits(request.changes, limits, tree.location)
  checkFence(request.expected, request.head, request.expected, tree.location)
  const presence = presenceOf(tree, request.changes)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { root, hidden, answers } = await lookAt(tree, presence.requests)
    if (root.state.redo) {
      await finish(tree, root, root.state.redo)
      continue
    }
    checkFence(sourceOf(root.state, request.head.source)?.head ?? null, request.head, request.expected, tree.location)
    const keys = stepsOf(tree, request.changes, presence.names(answers))
    if (await tryWrite(tree, request, { root, hidden, keys })) return { put: keys.put, deleted: keys.deleted }
  }
  throw storeError('sink.unavailable', 'other writers kept changing the place', tree.location)
}

/** What a write goes by. */
interface Seen {
  readonly root: Root
  /** Names of the hidden znodes. */
  readonly hidden: readonly string[]
  readonly keys: KeySteps
}

/** Brings the changes that a writer has left staged to their znodes; nothing where there are none. */
export async function finishTree(tree: Tree): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const root = await readRoot(tree)
    if (!root?.state.redo || (await finish(tree, root, root.state.redo)) === 'done') return
  }
  throw storeError('sink.unavailable', 'other writers kept changing the place', tree.location)
}

async function finish(tree: Tree, root: Root, redo: BlobName): Promise<MultiOutcome> {
  const changes = await readBlob(tree, redo)
  if (!changes) return rollForward(tree, root, [])
  const presence = presenceOf(tree, changes)
  const there = presence.names(await tree.connection.inTurn(presence.requests, tree.signal))
  return rollForward(tree, root, stepsOf(tree, changes, there).steps)
}

/** False when somebody changed the place meanwhile. */
async function tryWrite(tree: Tree, request: WriteRequest, seen: Seen): Promise<boolean> {
  const { root, hidden, keys } = seen
  const journal = request.journal && (await newBlob(tree, 'journal', request.head.source, request.journal))
  const next = nextState(root.state, request, journal)
  const bytes = bytesOf(keys.steps) + encodeRoot(next).length
  if (bytes > MULTI_BYTES) return writeStaged(tree, request, root, next, keys, journal)
  const flip: Step = { kind: 'set', path: tree.location, data: encodeRoot(next), version: root.version }
  const removals = leftovers(tree, hidden, request.head.source, next)
  if (bytes + (journal?.bytes ?? 0) + bytesOf(removals) < MULTI_BYTES)
    return (await flipHead(tree, request, [...(journal?.creates ?? []), ...keys.steps, ...removals, flip])) === 'done'
  if (journal) await stage(tree, journal)
  if ((await flipHead(tree, request, [...(journal ? checksOf(journal) : []), ...keys.steps, flip])) === 'raced') return false
  await sweep(tree, request.head.source, { state: next, version: root.version + 1 })
  return true
}

async function writeStaged(tree: Tree, request: WriteRequest, root: Root, next: RootState, keys: KeySteps, journal: Blob | null): Promise<boolean> {
  const redo = await newBlob(tree, 'redo', request.head.source, request.changes)
  await Promise.all([stage(tree, redo), journal && stage(tree, journal)])
  const state: RootState = { ...next, redo: redo.name }
  const flip: Step = { kind: 'set', path: tree.location, data: encodeRoot(state), version: root.version }
  if ((await flipHead(tree, request, [...checksOf(redo), ...(journal ? checksOf(journal) : []), flip])) === 'raced') return false
  if ((await rollForward(tree, { state, version: root.version + 1 }, keys.steps)) === 'raced') await finishTree(tree)
  else await sweep(tree, request.head.source, { state: next, version: root.version + 2 })
  return true
}

/** The moment a write becomes valid. An answer that was lost is read back. */
async function flipHead(tree: Tree, request: WriteRequest, steps: readonly Step[]): Promise<MultiOutcome> {
  try {
    return await tree.connection.multi(steps, tree.signal)
  } catch (error) {
    const root = tree.signal.aborted ? null : await readRoot(tree).catch(() => null)
    if (root && sameHead(sourceOf(root.state, request.head.source)?.head ?? null, request.head)) return 'done'
    throw error
  }
}

/** Brings staged changes to their znodes and then forgets them. Whoever comes does it; the version of the head stops whoever comes late. */
async function rollForward(tree: Tree, root: Root, steps: readonly Step[]): Promise<MultiOutcome> {
  const guard: Step = { kind: 'check', path: tree.location, version: root.version }
  const waiting = [...multis(steps)]
  const outcomes: MultiOutcome[] = []
  const worker = async () => {
    for (let batch = waiting.shift(); batch && !outcomes.includes('raced'); batch = waiting.shift()) {
      outcomes.push(await tree.connection.multi([guard, ...batch], tree.signal))
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker))
  if (outcomes.includes('raced')) return 'raced'
  const clean = encodeRoot({ ...root.state, redo: null })
  return tree.connection.multi([{ kind: 'set', path: tree.location, data: clean, version: root.version }], tree.signal)
}

function nextState(state: RootState, request: WriteRequest, journal: Blob | null): RootState {
  const { head, expected } = request
  const before = sourceOf(state, head.source)
  const isRepeat = expected?.generation === head.generation
  const kept = (before?.journals ?? []).filter(({ generation }) => isRepeat || !journal || generation === expected?.journal)
  const journals = journal
    ? [...kept.filter(({ generation }) => generation !== head.generation), { generation: head.generation, ...journal.name }]
    : kept
  const written: SourceState = { head, journals }
  return { ...state, sources: [...state.sources.filter((one) => one.head.source !== head.source), written] }
}
