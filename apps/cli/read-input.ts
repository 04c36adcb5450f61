import { constants, type FileHandle, open } from 'node:fs/promises'
import { VarTrackError } from '@vartrack/errors'

/** What a file is to the command that reads it. */
export type InputKind = 'file' | 'schema' | 'rule' | 'bundle'

/**
 * The bytes of a file on this machine.
 * @param kind what it is: says what to do about one that is too large
 * @param maxBytes a larger file is refused before it is read
 * @throws VarTrackError `cli.unreadable`, `limit.bytes`
 */
export async function readInput(path: string, kind: InputKind, maxBytes: number): Promise<Buffer> {
  try {
    return await readBounded(path, kind, maxBytes)
  } catch (error) {
    throw error instanceof VarTrackError ? error : notRead(path, error)
  }
}

/** What the system says of a file or folder that could not be read, as an error for a person. */
export function notRead(path: string, error: unknown): VarTrackError {
  return unreadable(path, REASONS[(error as NodeJS.ErrnoException).code ?? ''] ?? (error as Error).message, error)
}

async function readBounded(path: string, kind: InputKind, maxBytes: number): Promise<Buffer> {
  // Without O_NONBLOCK, opening a pipe waits for whoever writes into it.
  await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  const stat = await file.stat()
  // A pipe or device may never end.
  if (!stat.isFile()) throw unreadable(path, stat.isDirectory() ? 'it is a folder' : 'it is no regular file')
  if (stat.size > maxBytes) throw tooLarge(path, kind, stat.size, maxBytes)
  const bytes = await readTo(file, maxBytes + 1)
  if (bytes.length > maxBytes) throw tooLarge(path, kind, bytes.length, maxBytes)
  return bytes
}

/** Bytes that are read at once. */
const CHUNK = 64 * 1024

/** A file of the system (/proc) says that it is empty, and any other one may grow. */
async function readTo(file: FileHandle, most: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  for (let left = most; left > 0; left -= chunks.at(-1)?.length ?? 0) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(Math.min(left, CHUNK)))
    if (bytesRead === 0) break
    chunks.push(buffer.subarray(0, bytesRead))
  }
  return Buffer.concat(chunks)
}

function tooLarge(path: string, kind: InputKind, size: number, maxBytes: number): VarTrackError {
  return new VarTrackError({
    code: 'limit.bytes',
    message: `The ${kind} has ${size} bytes, more than the limit of ${maxBytes}.`,
    remedy: SMALLER[kind],
    place: { file: path },
  })
}

const SMALLER: Readonly<Record<InputKind, string>> = {
  file: 'Split the file, or raise limits.max_file_bytes in the bundle.',
  schema: 'Make the schema smaller: leave out what no file needs.',
  rule: 'Name a file that holds one rule alone, as JSON.',
  bundle: 'Make the bundle smaller: CUE takes no larger one.',
}

function unreadable(path: string, reason: string, cause?: unknown): VarTrackError {
  return new VarTrackError({
    code: 'cli.unreadable',
    message: `The file cannot be read: ${reason}.`,
    remedy: 'Correct the path.',
    place: { file: path },
    ...(cause === undefined ? {} : { cause }),
  })
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'access is denied',
  EISDIR: 'it is a folder',
  ENAMETOOLONG: 'its name is too long',
  EIO: 'the system fails to read it',
}
