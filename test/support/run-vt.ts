import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runVt, type Terminal } from '@vartrack/cli'
import { temporaryDirectory } from './temporary-directory.js'

/** What a run of vt left behind. */
export interface VtRun {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** vt, and a folder for the files it is given. */
export interface VtWorkshop extends AsyncDisposable {
  readonly folder: string
  /** Writes a file, and gives its path. */
  file(name: string, content: string | Buffer): Promise<string>
}

/** A new folder of its own. */
export async function openVtWorkshop(): Promise<VtWorkshop> {
  const directory = await temporaryDirectory('vt')
  return {
    folder: directory.path,
    async file(name, content) {
      const path = join(directory.path, name)
      await writeFile(path, content)
      return path
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  }
}

/** Runs vt in this process, on a terminal without colours of 80 columns. */
export async function vt(...args: string[]): Promise<VtRun> {
  const written = { out: '', err: '' }
  const terminal: Terminal = {
    out: (text) => {
      written.out += text
    },
    err: (text) => {
      written.err += text
    },
    paint: { out: (text) => text, err: (text) => text },
    columns: 80,
  }
  const code = await runVt(args, terminal)
  return { code, ...written }
}
