import { type EntryType, FrameWriter, type Op, records } from '@vartrack/sink-kit'
import type { Store } from './store.js'

/** An entry as the tests write it: type and text. */
export type Entry = readonly [EntryType, string]
export type Entries = Readonly<Record<string, Entry>>

/** A frame of puts, and of deletes. */
export function changesOf(puts: Entries, deletes: readonly string[] = []): Buffer {
  const frame = new FrameWriter('changes')
  for (const [key, [type, text]] of Object.entries(puts)) frame.add(key, text, type, 'put')
  for (const key of deletes) frame.add(key, '', 'text', 'delete' satisfies Op)
  return frame.finish()
}

/** What a frame holds, by key. */
export function entriesOf(frame: Buffer): Entries {
  return Object.fromEntries([...records(frame)].map(({ key, type, value }) => [key.toString(), [type, value.toString()] as const]))
}

/** The texts of a frame, by key. */
export function textsOf(frame: Buffer): Record<string, string> {
  return Object.fromEntries(Object.entries(entriesOf(frame)).map(([key, [, text]]) => [key, text]))
}

/** What a store that knows no types makes of entries; one that does gives them back as they are. */
export function asStored(entries: Entries, store: Store): Entries {
  if (store.sink.traits.types === 'typed') return entries
  return Object.fromEntries(Object.entries(entries).map(([key, [, text]]) => [key, ['text', text] as const]))
}

/** Keys and values that break what was not built with care. */
export const AWKWARD: Entries = {
  plain: ['string', 'value'],
  'database.host': ['string', 'localhost'],
  'database.port': ['integer', '5432'],
  'empty.value': ['string', ''],
  'empty.map': ['map', '{}'],
  'empty.list': ['list', '[]'],
  'nothing.at.all': ['null', ''],
  '': ['string', 'empty key'],
  '.': ['string', 'a dot'],
  '..': ['string', 'two dots'],
  '/': ['string', 'a slash'],
  'a/b/../c': ['string', 'a path'],
  ' leading': ['string', ' leading space'],
  'Ünïcödé 日本語 🦀': ['string', 'Grüße 日本語 🦀'],
  'line\nbreak': ['string', 'one\ntwo\r\nthree'],
  'quo"te\'s`': ['string', '"double" \'single\' `back`'],
  'a=b': ['string', 'c=d'],
  $where: ['string', '$(rm -rf /) ${HOME} $1'],
  'money.$set': ['string', '$set'],
  '{braces}': ['string', '{{template}} {env}'],
  '%2F%00': ['string', '100 %'],
  key: ['string', 'the word key'],
  _id: ['string', 'the word _id'],
  __proto__x: ['string', '__proto__'],
  ['constructor' as string]: ['string', 'constructor'],
  true: ['boolean', 'true'],
  false: ['boolean', 'false'],
  'text.true': ['string', 'true'],
  'text.number': ['string', '007'],
  'number.small': ['integer', '-7'],
  'number.2^53+1': ['integer', '9007199254740993'],
  'number.2^63-1': ['integer', '9223372036854775807'],
  'number.2^64': ['integer', '18446744073709551616'],
  'number.minus zero': ['integer', '-0'],
  'number.minus zero decimal': ['decimal', '-0.0'],
  'number.decimal': ['decimal', '1.5'],
  'number.trailing zero': ['decimal', '1.10'],
  'number.whole': ['decimal', '1.0'],
  'number.exponent': ['decimal', '1e3'],
  'number.huge': ['decimal', '1e400'],
  'number.precise': ['decimal', '0.1234567890123456789012345'],
  json: ['json', '[1,{"a":[1.10,null]},"x"]'],
}
