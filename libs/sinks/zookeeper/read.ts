import { FrameWriter, records, storeError } from '@vartrack/sink-kit'
import { readBlob } from './blobs.js'
import { childrenRequest, getRequest, type Request, type Znode } from './connection.js'
import { decodeValue } from './encoding.js'
import { HIDDEN, keyOfName } from './keys.js'
import { type BlobName, decodeRoot, type RootState } from './root-state.js'
import { keyPath, readRoot, type Tree } from './tree.js'

const ATTEMPTS = 5

/**
 * The values of a location as a live frame, of one moment: staged changes count as if they were in place, and a head that moved while the znodes were
 * read makes the reading begin again.
 * @throws VarTrackError `sink.unavailable` when it moved every time
 */
export async function readTree(tree: Tree, keys: 'all' | readonly string[]): Promise<Buffer> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const listed = keys === 'all' ? await listKeys(tree) : undefined
    const { before, values, after } = await readValues(tree, listed?.keys ?? (keys as readonly string[]))
    if (versionOf(before) !== versionOf(after) || (listed && versionOf(listed.root) !== versionOf(before))) continue
    const redo = before ? decodeRoot(before.data, tree.location).redo : null
    if (!redo) return frameOf(tree, values, undefined, keys)
    const staged = await readBlob(tree, redo)
    if (staged && versionOf(await readRoot(tree)) === versionOf(before)) return frameOf(tree, values, staged, keys)
  }
  throw storeError('sink.unavailable', 'the place kept changing', tree.location)
}

interface Values {
  readonly before: Znode | null
  readonly values: Map<string, Buffer>
  readonly after: Znode | null
}

/** The head, the values, and the head once more, in one flight. */
async function readValues(tree: Tree, keys: readonly string[]): Promise<Values> {
  const root = getRequest(tree.location)
  const answers = await tree.connection.inTurn([root, ...keys.map((key) => getRequest(keyPath(tree, key))), root], tree.signal)
  const values = new Map<string, Buffer>()
  for (const [index, key] of keys.entries()) {
    const znode = answers[index + 1]
    if (znode) values.set(key, decodeValue(tree.encoding, znode.data))
  }
  return { before: answers[0] ?? null, values, after: answers.at(-1) ?? null }
}

async function listKeys(tree: Tree): Promise<{ root: Znode | null; keys: string[] }> {
  const requests: [Request<Znode | null>, Request<string[] | null>] = [getRequest(tree.location), childrenRequest(tree.location)]
  const [root, names] = await tree.connection.inTurn(requests, tree.signal)
  return { root, keys: (names ?? []).filter((name) => name !== HIDDEN).flatMap((name) => keyOfName(name) ?? []) }
}

function versionOf(znode: { readonly version: number } | null): number | undefined {
  return znode?.version
}

function frameOf(tree: Tree, values: Map<string, Buffer>, staged: Buffer | undefined, keys: 'all' | readonly string[]): Buffer {
  if (staged) overlay(values, staged, keys === 'all' ? undefined : new Set(keys))
  const frame = new FrameWriter('live', values.size * 96)
  for (const [key, value] of values) frame.add(key, value)
  return frame.finish()
}

function overlay(values: Map<string, Buffer>, staged: Buffer, wanted: ReadonlySet<string> | undefined): void {
  for (const { op, key, value } of records(staged)) {
    const name = key.toString()
    if (op === 'delete') values.delete(name)
    else if (!wanted || wanted.has(name)) values.set(name, value)
  }
}

/** The content of a journal that a state names; null when it names none of that generation. */
export async function journalIn(tree: Tree, state: RootState, source: string, generation: number): Promise<Buffer | null> {
  const journals: readonly (BlobName & { generation: number })[] = state.sources.find(({ head }) => head.source === source)?.journals ?? []
  const blob = journals.find((candidate) => candidate.generation === generation)
  return blob ? readBlob(tree, blob) : null
}
