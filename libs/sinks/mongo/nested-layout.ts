import { type FrameRecord, FrameWriter, overLimit, records, storeError, type WriteResult } from '@vartrack/sink-kit'
import { BSON } from 'mongodb'
import { isDuplicate, LostRace } from './errors.js'
import type { Layout } from './layout.js'
import {
  counting,
  findNested,
  following,
  heldBefore,
  type Identity,
  isEmpty,
  type Loaded,
  type NestedDocument,
  type NestedKind,
  nestedAt,
  revisionOf,
  type StampedDocument,
} from './nested-documents.js'
import { flatten, NestedDraft } from './nested-values.js'
import type { Place } from './place.js'
import { changedBy, insertedBy, insertedByAny, isInsertOf, uncommittedStamps } from './stamp.js'
import { readState } from './state-store.js'
import { inTurn } from './turn.js'
import type { Writing } from './write.js'

const ATTEMPTS = 10
/** 16 MiB, less what the server adds. */
const MOST_BYTES = 16 * 1024 * 1024 - 4096

/** Keys in documents that sources share. */
export function nestedLayout(kind: NestedKind): Layout {
  return {
    sharesDocuments: true,
    read: (place, keys) => readNested(place, kind, keys),
    write: (writing, changes) => inTurn(writing, () => writeNested(writing, changes, kind)),
    async removeOrphans(writing, overtaken) {
      await nestedAt(writing).deleteMany({ '_vt.stamp': { $in: insertedByAny(writing.source, overtaken) } }, writing.options)
    },
    restamp: (writing) => inTurn(writing, () => restamp(writing, kind)),
  }
}

async function readNested(place: Place, kind: NestedKind, keys: 'all' | readonly string[]): Promise<Buffer> {
  const [{ state }, documents] = await Promise.all([readState(place), findNested(place, kind)])
  const wanted = keys === 'all' ? undefined : new Set(keys)
  const frame = new FrameWriter('live')
  const seen = new Set<string>()
  for (const { values } of counting(documents, uncommittedStamps(state))) {
    for (const [key, { type, text }] of flatten(values)) {
      if (seen.has(key) || (wanted && !wanted.has(key))) continue
      seen.add(key)
      frame.add(key, text, type)
    }
  }
  return frame.finish()
}

async function writeNested(writing: Writing, changes: Buffer, kind: NestedKind): Promise<WriteResult> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const there = await load(writing, kind)
    const { targets, result } = applyChanges(writing, changes, kind, there)
    if (!(await replace(writing, targets, (target) => written(writing, target)))) continue
    await removeEmpty(writing, there, targets)
    return result
  }
  throw storeError('sink.unavailable', 'other writers kept changing the document', writing.location)
}

/** The document of a file that went stays for one write more: an undo sees by it where its keys were. */
async function removeEmpty(writing: Writing, there: readonly Loaded[], targets: readonly Target[]): Promise<void> {
  for (const loaded of there) {
    const isTarget = targets.some(({ previous }) => previous === loaded)
    if (isTarget || !isOf(writing, loaded) || !isEmpty(loaded)) continue
    await nestedAt(writing).deleteOne({ _id: idOf(loaded.document), '_vt.revision': revisionOf(loaded) }, writing.options)
  }
}

/** A document on its way: what it was, and the values it is to hold. */
interface Target {
  readonly previous: Loaded | undefined
  readonly identity: Identity
  readonly draft: NestedDraft
}

function applyChanges(writing: Writing, changes: Buffer, kind: NestedKind, there: readonly Loaded[]) {
  const all = new Map(there.map((previous) => targetOf(previous)).map((target) => [idOf(target.identity), target]))
  const touched = new Set<Target>()
  let [put, deleted] = [0, 0]
  for (const record of records(changes)) {
    const key = record.key.toString()
    const home = record.op === 'put' ? homeOf(writing, record, kind, all) : undefined
    const removed = [...all.values()].filter((target) => target !== home && target.draft.delete(key))
    for (const target of [...removed, ...(home ? [home] : [])]) touched.add(target)
    home?.draft.put(key, record.type, record.value.toString())
    if (home) put += 1
    else if (removed.length > 0) deleted += 1
  }
  return { targets: [...touched], result: { put, deleted } }
}

/** Where a put belongs. An undo does not say its file: it is the one that holds the key, or held it before. */
function homeOf(writing: Writing, record: FrameRecord, kind: NestedKind, all: Map<string, Target>): Target {
  const key = record.key.toString()
  const holds = ({ previous, draft }: Target) => draft.has(key) || (previous !== undefined && heldBefore(previous, key))
  const holder = kind === 'file' && record.origin === undefined ? [...all.values()].find(holds) : undefined
  if (holder) return holder
  const path = record.origin ?? ''
  const identity = kind === 'document' ? { _id: 'config' } : { _id: `${writing.source}:${path}`, _vt_env: writing.environment, _vt_file_path: path }
  const home = all.get(idOf(identity)) ?? { previous: undefined, identity, draft: new NestedDraft() }
  all.set(idOf(identity), home)
  return home
}

function targetOf(previous: Loaded): Target {
  const { _id, _vt_env, _vt_file_path } = previous.document
  const file = { ...(_vt_env === undefined ? {} : { _vt_env }), ...(_vt_file_path === undefined ? {} : { _vt_file_path }) }
  return { previous, identity: { _id, ...file }, draft: new NestedDraft(previous.values) }
}

function idOf({ _id: id }: Identity): string {
  return id
}

/**
 * Every document as it counts, under the stamp of this write. Those of other sources keep theirs, but get a new revision too: they may be what the
 * overtaken writer has read and is about to replace.
 */
async function restamp(writing: Writing, kind: NestedKind): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const targets = (await load(writing, kind)).map(targetOf)
    if (await replace(writing, targets, (target) => revised(writing, target))) return
  }
  throw storeError('sink.unavailable', 'other writers kept changing the document', writing.location)
}

function revised(writing: Writing, target: Target): StampedDocument {
  const { identity, previous } = target
  const { data, _vt: kept } = previous?.document ?? {}
  if (!previous || !data || !kept || isOf(writing, previous)) return written(writing, target)
  return { ...identity, data, _vt: { ...kept, revision: revisionOf(previous) + 1 } }
}

function written(writing: Writing, { previous, identity, draft }: Target): StampedDocument {
  return following(previous, identity, draft.values(), stampOf(writing, previous))
}

/** Each document only as it was read, and no field but varTrack's; false when somebody else was quicker. */
async function replace(writing: Writing, targets: readonly Target[], next: (target: Target) => StampedDocument): Promise<boolean> {
  const documents = targets.map(next)
  for (const document of documents) refuseTooLarge(document, writing.location)
  for (const [index, document] of documents.entries()) {
    if (!(await replaceOne(writing, targets[index]?.previous, document))) return false
  }
  return true
}

async function replaceOne(writing: Writing, previous: Loaded | undefined, document: StampedDocument): Promise<boolean> {
  const { _id: id, data, _vt } = document
  if (previous) {
    const revision = revisionOf(previous)
    const filter = revision > 0 ? { _id: id, '_vt.revision': revision } : { _id: id, _vt: { $exists: false } }
    return (await nestedAt(writing).updateOne(filter, { $set: { data, _vt } }, writing.options)).matchedCount === 1
  }
  try {
    await nestedAt(writing).insertOne(document, writing.options)
    return true
  } catch (error) {
    if (!isDuplicate(error)) throw error
    if (writing.options.session) throw new LostRace()
    return false
  }
}

function stampOf(writing: Writing, previous: Loaded | undefined): string {
  const { source } = writing
  const isInsert = previous === undefined || isInsertOf(stampIn(previous.document), source, writing)
  return isInsert ? insertedBy(source, writing) : changedBy(source, writing)
}

function stampIn({ _vt: kept }: NestedDocument): string | undefined {
  return kept?.stamp
}

function isOf({ source }: Writing, { document }: Loaded): boolean {
  return stampIn(document)?.startsWith(`${source}@`) === true
}

/**
 * What another source is writing at this moment is built upon, not taken back. First the documents, then the fence: a writer that was overtaken in between
 * would take the revisions that its successor has set for those that it may replace.
 */
async function load(writing: Writing, kind: NestedKind): Promise<Loaded[]> {
  const documents = await findNested(writing, kind)
  const { state } = await writing.check()
  return counting(documents, uncommittedStamps(state, writing.source))
}

function refuseTooLarge(document: NestedDocument, location: string): void {
  const bytes = BSON.calculateObjectSize(document)
  if (bytes > MOST_BYTES) throw overLimit({ what: 'The document, with what it held before, is', bytes, most: MOST_BYTES, location })
}
