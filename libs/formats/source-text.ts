import { isUtf8 } from 'node:buffer'
import { VarTrackError } from '@vartrack/errors'
import type { ParseLimits, Position } from './contract.js'
import { soundPartOf, startsWithBom, withoutBom } from './utf8.js'

/** The text of a file, without its byte order mark. */
export interface SourceText {
  readonly file: string
  readonly text: string
}

/** What is wrong at a place, for {@link refuse}. */
export interface Refusal {
  readonly code: string
  readonly message: string
  readonly remedy: string
}

/**
 * The bytes of a file as UTF-8 without byte order mark. UTF-16 is taken when a byte order mark says so; UTF-8 comes back as a view, not a copy.
 * @throws VarTrackError `limit.bytes` for a file over the limit, `format.empty` for one without bytes, `format.syntax` for bytes that are no text
 */
export function readUtf8(bytes: Buffer, file: string, limits: ParseLimits): Buffer {
  if (bytes.length > limits.maxFileBytes) throw fileTooLarge(bytes.length, file, limits)
  const utf8 = toUtf8(bytes, file)
  if (utf8.length === 0) throw emptyFile(file)
  if (startsWithBom(utf8)) throw refuse({ file, text: '' }, 0, SECOND_BOM)
  return utf8
}

/** The bytes of a file as text, with LF for every CRLF: what a file says must not depend on who saved it. Otherwise as {@link readUtf8}. */
export function readText(bytes: Buffer, file: string, limits: ParseLimits): SourceText {
  return { file, text: withLineFeeds(readUtf8(bytes, file, limits)).toString('utf8') }
}

/** The error for a file that says nothing: no bytes, only blanks, only comments. */
export function emptyFile(file: string): VarTrackError {
  return new VarTrackError({
    code: 'format.empty',
    message: 'The file holds no values.',
    remedy: 'Write at least one key, or delete the file to take its keys out of the release.',
    place: { file, line: 1, column: 1 },
  })
}

/**
 * The error about one place of the text.
 * @param offset in UTF-16 units from the start of the text; below 0: the place is not known
 */
export function refuse(source: SourceText, offset: number, refusal: Refusal): VarTrackError {
  const position = offset < 0 ? {} : positionAt(source.text, offset)
  return new VarTrackError({ ...refusal, place: { file: source.file, ...position } })
}

/** Line and column of an offset: LF, CRLF and CR end a line, a character outside the BMP is one column. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  const lineStart = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1
  const breaks = before.match(/\r\n?|\n/g)?.length ?? 0
  return { line: breaks + 1, column: Array.from(before.slice(lineStart)).length + 1 }
}

/** Lines and columns stay as they are. A CRLF behind another CR is left: without its own it would be taken for one with that. */
function withLineFeeds(bytes: Buffer): Buffer {
  const first = bytes.indexOf('\r\n')
  if (first < 0) return bytes
  const out = Buffer.from(bytes)
  let end = first
  for (let at = first; at < bytes.length; at += 1) {
    const isPair = bytes[at] === CR && bytes[at + 1] === LF && bytes[at - 1] !== CR
    if (!isPair) out[end++] = bytes[at] as number
  }
  return out.subarray(0, end)
}

const CR = 0x0d
const LF = 0x0a

function toUtf8(bytes: Buffer, file: string): Buffer {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return Buffer.from(decodeUtf16(bytes.subarray(2), 'utf-16le', file))
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return Buffer.from(decodeUtf16(bytes.subarray(2), 'utf-16be', file))
  const body = withoutBom(bytes)
  if (!isUtf8(body)) throw badEncoding(body, file)
  return body
}

function decodeUtf16(bytes: Buffer, encoding: 'utf-16le' | 'utf-16be', file: string): string {
  const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes)
  const broken = text.search(/[\0\ufffd]/) < 0 ? -1 : firstBroken(text, bytes, encoding)
  if (broken < 0) return text
  throw refuse({ file, text }, broken, notText('UTF-16'))
}

/** The first NUL, or replacement character that is none of the file's own. Each stands for one unit of two bytes, or for the odd byte at the end. */
function firstBroken(text: string, bytes: Buffer, encoding: 'utf-16le' | 'utf-16be'): number {
  const low = encoding === 'utf-16le' ? 0 : 1
  for (const { 0: character, index } of text.matchAll(/[\0\ufffd]/g)) {
    if (character === '\0' || bytes[2 * index + low] !== 0xfd || bytes[2 * index + 1 - low] !== 0xff) return index
  }
  return -1
}

function badEncoding(bytes: Buffer, file: string): VarTrackError {
  const text = soundPartOf(bytes)
  return refuse({ file, text }, text.length, notText('UTF-8'))
}

const SECOND_BOM: Refusal = {
  code: 'format.syntax',
  message: 'The file starts with two byte order marks.',
  remedy: 'Save the file as UTF-8 without byte order mark.',
}

function notText(encoding: string): Refusal {
  return {
    code: 'format.syntax',
    message: `The file is not valid ${encoding} here.`,
    remedy: 'Save the file as UTF-8 (UTF-16 is read when it starts with a byte order mark).',
  }
}

/** The error for a file over the limit of bytes. */
export function fileTooLarge(bytes: number, file: string, limits: ParseLimits): VarTrackError {
  return new VarTrackError({
    code: 'limit.bytes',
    message: `The file has ${bytes} bytes, more than the limit of ${limits.maxFileBytes}.`,
    remedy: 'Split the file, or raise limits.max_file_bytes in the bundle.',
    place: { file },
  })
}
