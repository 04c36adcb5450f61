import { checkFence, checkLimits, sameHead, storeError, type WriteRequest, type WriteResult } from '@vartrack/sink-kit'
import { type Blob, checksOf, newBlob, readBlob, stage, sweep } from './blobs.js'
import type { MultiOutcome, Step } from './connection.js'
import { encodeRoot, type RootState, type SourceState, sourceOf } from './root-state.js'
import { bytesOf, type KeySteps, multis, stepsOf } from './steps.js'
import { limits, MULTI_BYTES } from './traits.js'
import { makeRoot, type Root, readRoot, type Tree } from './tree.js'

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
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const root = await settled(tree)
    if (root) {
      checkFence(sourceOf(root.state, request.head.source)?.head ?? null, request.head, request.expected, tree.location)
      const result = await tryWrite(tree, request, root)
      if (result) return result
    }
  }
  throw storeError('sink.unavailable', 'other writers kept changing the place', tree.location)
}

/** Brings the changes that a writer has left staged to their znodes; nothing where there are none. */
export async function finishTree(tree: Tree): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const root = await readRoot(tree)
    if (!root?.state.redo || (await settled(tree))) return
  }
  throw storeError('sink.unavailable', 'other writers kept changing the place', tree.location)
}

/** The root once staged changes of an earlier write are where they belong; null when somebody moved it meanwhile. */
async function settled(tree: Tree): Promise<Root | null> {
  const root = await makeRoot(tree)
  if (!root.state.redo) return root
  const changes = await readBlob(tree, root.state.redo)
  const outcome = await rollForward(tree, root, changes ? (await stepsOf(tree, changes)).steps : [])
  return outcome === 'done' ? readRoot(tree) : null
}

async function tryWrite(tree: Tree, request: WriteRequest, root: Root): Promise<WriteResult | null> {
  const keys = await stepsOf(tree, request.changes)
  const journal = request.journal && (await newBlob(tree, 'journal', request.head.source, request.journal))
  const next = nextState(root.state, request, journal)
  const result = { put: keys.put, deleted: keys.deleted }
  if (bytesOf(keys.steps) + encodeRoot(next).length > MULTI_BYTES)
    return (await writeStaged(tree, request, root, next, keys, journal)) ? result : null
  const flip: Step = { kind: 'set', path: tree.location, data: encodeRoot(next), version: root.version }
  const small = journal && bytesOf(keys.steps) + encodeRoot(next).length + journal.bytes < MULTI_BYTES
  if (journal && !small) await stage(tree, journal)
  const journalSteps = journal ? (small ? journal.creates : checksOf(journal)) : []
  if ((await flipHead(tree, request, [...journalSteps, ...keys.steps, flip])) === 'raced') return null
  await sweep(tree, request.head.source, next)
  return result
}

async function writeStaged(tree: Tree, request: WriteRequest, root: Root, next: RootState, keys: KeySteps, journal: Blob | null): Promise<boolean> {
  const redo = await newBlob(tree, 'redo', request.head.source, request.changes)
  await Promise.all([stage(tree, redo), journal && stage(tree, journal)])
  const state: RootState = { ...next, redo: redo.name }
  const flip: Step = { kind: 'set', path: tree.location, data: encodeRoot(state), version: root.version }
  if ((await flipHead(tree, request, [...checksOf(redo), ...(journal ? checksOf(journal) : []), flip])) === 'raced') return false
  if ((await rollForward(tree, { state, version: root.version + 1 }, keys.steps)) === 'raced') await settled(tree)
  await sweep(tree, request.head.source, next)
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
