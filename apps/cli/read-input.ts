import { constants, open } from 'node:fs/promises'
import { VarTrackError } from '@vartrack/errors'

/**
 * The bytes of a file on this machine.
 * @param maxBytes a larger file is refused before it is read
 * @throws VarTrackError `cli.unreadable`, `limit.bytes`
 */
export async function readInput(path: string, maxBytes: number): Promise<Buffer> {
  try {
    return await readBounded(path, maxBytes)
  } catch (error) {
    if (error instanceof VarTrackError) throw error
    throw unreadable(path, REASONS[(error as NodeJS.ErrnoException).code ?? ''] ?? (error as Error).message, error)
  }
}

async function readBounded(path: string, maxBytes: number): Promise<Buffer> {
  // Without O_NONBLOCK, opening a pipe waits for whoever writes into it.
  await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  const stat = await file.stat()
  // A pipe or device may never end.
  if (!stat.isFile()) throw unreadable(path, stat.isDirectory() ? 'it is a folder' : 'it is no regular file')
  if (stat.size <= maxBytes) return file.readFile()
  throw new VarTrackError({
    code: 'limit.bytes',
    message: `The file has ${stat.size} bytes, ${maxBytes} are allowed.`,
    remedy: 'Split the file, or raise the limit of file bytes in the bundle.',
    place: { file: path },
  })
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
}
