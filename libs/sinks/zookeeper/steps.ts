import { type FrameRecord, overLimit, recordCount, records } from '@vartrack/sink-kit'
import { childrenRequest, existsRequest, type Request, type Step } from './connection.js'
import { encodeValue } from './encoding.js'
import { keyOfName, nameOfKey } from './keys.js'
import { limits, MULTI_BYTES } from './traits.js'
import { keyPath, type Tree } from './tree.js'

/** Up to so many keys are looked up one by one; more, and the children are listed. */
const FEW = 100
/** Bytes of a step beside its path and data: header, ACL, flags. */
const STEP_BYTES = 80

/** Changes as steps over the znodes that are there. */
export interface KeySteps {
  readonly steps: readonly Step[]
  readonly put: number
  readonly deleted: number
}

/**
 * Turns changes into steps.
 * @param there names of the keys' znodes that are there, as {@link presenceOf} finds them
 * @throws VarTrackError `sink.limit` when a value is too large once encoded
 */
export function stepsOf(tree: Tree, changes: Buffer, there: ReadonlySet<string>): KeySteps {
  const steps: Step[] = []
  let put = 0
  for (const record of records(changes)) {
    const key = record.key.toString()
    const isThere = there.has(nameOfKey(key))
    if (record.op === 'put') {
      put += 1
      steps.push({ kind: isThere ? 'set' : 'create', path: keyPath(tree, key), data: valueOf(tree, record) })
    } else if (isThere) steps.push({ kind: 'remove', path: keyPath(tree, key) })
  }
  return { steps, put, deleted: steps.length - put }
}

/** Our own reckoning of what steps weigh in a packet. */
export function bytesOf(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + stepBytes(step), 0)
}

/** Steps in multis that the server takes. */
export function* multis(steps: readonly Step[]): Generator<Step[]> {
  let batch: Step[] = []
  let bytes = 0
  for (const step of steps) {
    const size = stepBytes(step)
    if (batch.length > 0 && bytes + size > MULTI_BYTES) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(step)
    bytes += size
  }
  if (batch.length > 0) yield batch
}

function stepBytes(step: Step): number {
  return STEP_BYTES + Buffer.byteLength(step.path) + ('data' in step ? step.data.length : 0)
}

function valueOf(tree: Tree, record: FrameRecord): Buffer {
  const data = encodeValue(tree.encoding, record.type, record.value)
  if (data.length <= limits.valueBytes) return data
  throw overLimit({ what: 'A value, encoded, is', bytes: data.length, most: limits.valueBytes, location: tree.location, key: record.key })
}

/** What has to be asked to know which znodes of changed keys are there, and what the answers mean. */
export interface Presence {
  readonly requests: readonly Request<boolean | string[] | null>[]
  names(answers: readonly (boolean | string[] | null)[]): ReadonlySet<string>
}

/** A few keys are looked up one by one; for more of them the children are listed. */
export function presenceOf(tree: Tree, changes: Buffer): Presence {
  if (recordCount(changes) > FEW) {
    return { requests: [childrenRequest(tree.location)], names: ([listed]) => new Set(Array.isArray(listed) ? listed.filter(isOfKey) : []) }
  }
  const names = [...records(changes)].map((record) => nameOfKey(record.key.toString()))
  const requests = names.map((name) => existsRequest(`${tree.location}/${name}`))
  return { requests, names: (answers) => new Set(names.filter((_, index) => answers[index])) }
}

function isOfKey(name: string): boolean {
  return keyOfName(name) !== undefined
}
