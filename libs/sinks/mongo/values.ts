import type { EntryType } from '@vartrack/sink-kit'
import { BSON, Double, Int32, Long } from 'mongodb'

/** A value as it lies in a document. `type` and `text` stand beside it where BSON alone would not give back what was written. */
export interface StoredValue {
  readonly value: unknown
  readonly type?: EntryType
  readonly text?: string
}

const INT64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n }

/** What is written for an entry. */
export function storedValue(type: EntryType, text: string): StoredValue {
  const value = bsonOf(type, text)
  const natural = naturalEntry(value)
  return natural.type === type && natural.text === text ? { value } : { value, type, text }
}

/** The entry in a document: the written text where it still means the value beside it, else what the value itself says. */
export function entryOf(stored: { value?: unknown; type?: unknown; text?: unknown }): { type: EntryType; text: string } {
  const natural = naturalEntry(stored.value)
  if (typeof stored.text !== 'string' || typeof stored.type !== 'string') return natural
  const written = { type: stored.type as EntryType, text: stored.text }
  const meant = naturalEntry(bsonOf(written.type, written.text))
  return meant.type === natural.type && meant.text === natural.text ? written : natural
}

function bsonOf(type: EntryType, text: string): unknown {
  if (type === 'integer') return integer(text)
  if (type === 'decimal') return decimal(text)
  if (type === 'boolean') return text === 'true'
  if (type === 'null') return null
  if (type === 'map') return {}
  return type === 'list' ? [] : text
}

/** Minus zero and what int64 cannot hold become the double next to it, as numbers in JSON do. */
function integer(text: string): unknown {
  const value = BigInt(text)
  if (value < INT64.least || value > INT64.most) return decimal(text)
  return value >= -(2n ** 31n) && value < 2n ** 31n ? new Int32(Number(value)) : Long.fromBigInt(value)
}

/** What no double can hold (1e400) stays text; -0 is not taken by every server. */
function decimal(text: string): unknown {
  const value = Number(text)
  return Number.isFinite(value) ? new Double(value === 0 ? 0 : value) : text
}

function naturalEntry(value: unknown): { type: EntryType; text: string } {
  if (typeof value === 'string') return { type: 'string', text: value }
  if (typeof value === 'boolean') return { type: 'boolean', text: String(value) }
  if (value === null || value === undefined) return { type: 'null', text: '' }
  if (value instanceof Int32 || value instanceof Long) return { type: 'integer', text: value.toString() }
  if (value instanceof Double) return { type: 'decimal', text: decimalText(value.value) }
  if (typeof value === 'number') return Number.isInteger(value) ? { type: 'integer', text: String(value) } : { type: 'decimal', text: String(value) }
  return collection(value)
}

function collection(value: unknown): { type: EntryType; text: string } {
  const text = BSON.EJSON.stringify(value, { relaxed: true })
  if (text === '{}') return { type: 'map', text }
  return text === '[]' ? { type: 'list', text } : { type: 'json', text }
}

function decimalText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value)
}
