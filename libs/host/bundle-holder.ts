import { type FSWatcher, watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Bundle } from '@vartrack/bundle'
import { VarTrackError } from '@vartrack/errors'

/** The bundle in force. A bundle that does not load leaves it in place. */
export interface BundleHolder {
  current(): Bundle
  /** Reads the file again. @throws VarTrackError `bundle.*` with every problem; the bundle in force stays */
  reload(): Promise<Bundle>
  close(): void
}

/** How a bundle is read, and who hears of changes. */
export interface BundleHolderOptions {
  /** Path of `config.cue`. */
  readonly path: string
  readonly load: (source: Buffer, file: string) => Promise<Bundle>
  readonly onReload: (bundle: Bundle) => void
  readonly onRefused: (error: unknown) => void
  /** After a refusal the file says again what is in force. */
  readonly onMended: () => void
}

/** Editors write a file in several steps; a change is looked at this long after the last, in ms. */
const SETTLE_MS = 200

/**
 * Loads the bundle, and again when its file changes.
 * @throws VarTrackError `bundle.*` with every problem of the first load
 */
export async function openBundle(options: BundleHolderOptions): Promise<BundleHolder> {
  let current = await read(options)
  const reload = async (): Promise<Bundle> => {
    const next = await read(options)
    if (next.digest !== current.digest) {
      current = next
      options.onReload(next)
    }
    return current
  }
  // One reading after the other: a slow one of an older text must not end last.
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = (): Promise<Bundle> => {
    const reading = turn.then(reload)
    turn = reading.catch(() => undefined)
    return reading
  }
  let refused = false
  const look = async (): Promise<void> => {
    const before = current
    try {
      if ((await inTurn()) === before && refused) options.onMended()
      refused = false
    } catch (error) {
      refused = true
      options.onRefused(error)
    }
  }
  const watcher = watchFile(options.path, () => void look())
  watcher.on('error', options.onRefused)
  return { current: () => current, reload: inTurn, close: () => watcher.close() }
}

async function read(options: BundleHolderOptions): Promise<Bundle> {
  try {
    return await options.load(await readFile(options.path), options.path)
  } catch (error) {
    if (!['ENOENT', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    throw new VarTrackError({
      code: 'bundle.unreadable',
      message: `The bundle ${options.path} cannot be read.`,
      remedy: 'Set CONFIG_PATH to your config.cue; docs/bundle.md has one to begin with.',
      cause: error,
    })
  }
}

/** Watches the folder: a file that is replaced by a rename, as editors and ConfigMap mounts do, would be lost otherwise. */
function watchFile(path: string, onChange: () => void): FSWatcher {
  let timer: NodeJS.Timeout | undefined
  return watch(dirname(path), { persistent: false }, (_event, name) => {
    if (name !== basename(path) && name !== '..data') return
    clearTimeout(timer)
    timer = setTimeout(onChange, SETTLE_MS)
  })
}
