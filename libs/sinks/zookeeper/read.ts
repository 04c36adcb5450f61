import { FrameWriter, records, storeError } from '@vartrack/sink-kit'
import { readBlob } from './blobs.js'
import { decodeValue } from './encoding.js'
import { HIDDEN, keyOfName } from './keys.js'
import type { BlobName } from './root-state.js'
import { keyPath, readRoot, stateOf, type Tree } from './tree.js'

const ATTEMPTS = 5

/**
 * The values of a location as a live frame, of one moment: staged changes count as if they were in place, and a head that moved while the znodes were
 * read makes the reading begin again.
 * @throws VarTrackError `sink.unavailable` when it moved every time
 */
export async function readTree(tree: Tree, keys: 'all' | readonly string[]): Promise<Buffer> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await readRoot(tree)
    const values = before ? await readValues(tree, keys) : new Map<string, Buffer>()
    const staged = before?.state.redo ? await readBlob(tree, before.state.redo) : undefined
    const after = await readRoot(tree)
    if (before?.version === after?.version && staged !== null) return frameOf(tree, values, staged, keys)
  }
  throw storeError('sink.unavailable', 'the place kept changing', tree.location)
}

async function readValues(tree: Tree, keys: 'all' | readonly string[]): Promise<Map<string, Buffer>> {
  const names = keys === 'all' ? await childKeys(tree) : keys
  const paths = names.map((key) => keyPath(tree, key))
  const data = await tree.connection.getMany(paths, tree.signal)
  const values = new Map<string, Buffer>()
  for (const [index, value] of data.entries()) {
    if (value) values.set(names[index] as string, decodeValue(tree.encoding, value))
  }
  return values
}

async function childKeys(tree: Tree): Promise<string[]> {
  const names = (await tree.connection.children(tree.location, tree.signal)) ?? []
  return names.filter((name) => name !== HIDDEN).flatMap((name) => keyOfName(name) ?? [])
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

/** The content of a journal that a state names. */
export async function readJournal(tree: Tree, source: string, generation: number): Promise<Buffer | null> {
  const state = stateOf(await readRoot(tree))
  const journals: readonly (BlobName & { generation: number })[] = state.sources.find(({ head }) => head.source === source)?.journals ?? []
  const blob = journals.find((candidate) => candidate.generation === generation)
  return blob ? readBlob(tree, blob) : null
}
