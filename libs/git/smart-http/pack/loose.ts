import { randomUUID } from 'node:crypto'
import { link, mkdir, rename, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Git removes the folders that it has emptied, at any time. */
const TRIES = 3

/**
 * Puts one object into a repository as git does: a file that nobody may write to, complete before it has its name. One that is there stays as it is.
 * It is not waited for the disk, which git does not do for loose objects either (`core.fsync`).
 * @param folded its head and content, deflated
 * @throws the error of the file system
 */
export async function writeLooseObject(objectsDir: string, id: string, folded: Buffer): Promise<void> {
  const folder = join(objectsDir, id.slice(0, 2))
  // Begins as git's own do, so that those which a process left that died are swept by git.
  const draft = join(folder, `tmp_obj_${randomUUID()}`)
  await writeDraft(folder, draft, folded)
  const path = join(folder, id.slice(2))
  await link(draft, path).catch((error: unknown) => (codeOf(error) === 'EEXIST' ? undefined : renamed(draft, path)))
  await unlink(draft).catch(unless('ENOENT'))
}

async function writeDraft(folder: string, draft: string, content: Buffer): Promise<void> {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await writeFile(draft, content, { flag: 'wx', mode: 0o444 })
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || left === 0) {
        await unlink(draft).catch(() => undefined)
        throw error
      }
    }
    await mkdir(folder).catch(unless('EEXIST'))
  }
}

/** Where a file cannot have two names. */
async function renamed(draft: string, path: string): Promise<void> {
  await rename(draft, path).catch(async (error: unknown) => {
    await unlink(draft).catch(() => undefined)
    throw error
  })
}

function unless(code: string): (error: unknown) => void {
  return (error) => {
    if (codeOf(error) !== code) throw error
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}
