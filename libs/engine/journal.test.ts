import type { Head } from '@vartrack/sink-kit'
import { describe, expect, it } from 'vitest'
import { decodeJournal, encodeJournal, newLedgerKey } from './journal.js'

const HEAD: Head = {
  source: 'github/acme/app',
  ref: 'refs/heads/main',
  environment: 'production',
  generation: 3,
  commit: 'c'.repeat(40),
  digest: 'd'.repeat(64),
  journal: 3,
  entries: 2,
  writtenAt: '2026-01-01T00:00:00.000Z',
}

describe('a journal', () => {
  const journal = { ledgerKey: newLedgerKey(), previous: HEAD, ledger: Buffer.from('ledger'), undo: Buffer.from('undo'), undoes: 2 }

  it('reads back as it was written', () => {
    expect(decodeJournal(encodeJournal(journal))).toEqual(journal)
    expect(decodeJournal(encodeJournal({ ...journal, previous: null, undo: null }))).toMatchObject({ previous: null, undo: null })
  })

  it.each([0, 3, 4, 40, -1])('is refused when it was cut at byte %i', (at) => {
    expect(() => decodeJournal(encodeJournal(journal).subarray(0, at))).toThrow(expect.objectContaining({ code: 'journal.malformed' }))
  })

  it('is refused when it holds something else', () => {
    expect(() => decodeJournal(Buffer.from('not a journal at all'))).toThrow(expect.objectContaining({ code: 'journal.malformed' }))
  })

  it.each([
    ['a ledger key that is no 32 bytes', { ledgerKey: 'abc' }],
    ['lengths that add up, one of them negative', { ledgerBytes: 14, undoBytes: -4 }],
    ['a head that is none', { previous: { source: 'github/acme/app' } }],
    ['another version', { version: 2 }],
  ])('is refused when it has %s', (_what, changes) => {
    expect(() => decodeJournal(withHeader(encodeJournal(journal), changes))).toThrow(expect.objectContaining({ code: 'journal.malformed' }))
  })
})

/** A journal whose header says something else, as somebody who edits it by hand would leave it. */
function withHeader(bytes: Buffer, changes: object): Buffer {
  const end = 4 + bytes.readUInt32LE(0)
  const header = Buffer.from(JSON.stringify({ ...(JSON.parse(bytes.toString('utf8', 4, end)) as object), ...changes }))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  return Buffer.concat([length, header, bytes.subarray(end)])
}
