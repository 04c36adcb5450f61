import { storeError } from '@vartrack/sink-kit'
import type { Znode, ZooKeeperConnection } from './connection.js'
import { HIDDEN, nameOfKey } from './keys.js'
import type { ZooKeeperOptions } from './options.js'
import { decodeRoot, NOBODY, type RootState } from './root-state.js'

/** A location and the way to it. */
export interface Tree {
  readonly connection: ZooKeeperConnection
  readonly location: string
  readonly encoding: ZooKeeperOptions['encoding']
  readonly signal: AbortSignal
}

/** State of a location and the version that guards it. */
export interface Root {
  readonly state: RootState
  readonly version: number
}

/** The state of a location; null when its znode is not there. */
export async function readRoot(tree: Tree): Promise<Root | null> {
  const znode: Znode | null = await tree.connection.get(tree.location, tree.signal)
  return znode && { state: decodeRoot(znode.data, tree.location), version: znode.version }
}

/** As {@link readRoot}; makes the znode, those above it and the hidden one when they are not there. */
export async function makeRoot(tree: Tree): Promise<Root> {
  const [there, [isHiddenThere]] = await Promise.all([readRoot(tree), tree.connection.existing([hiddenPath(tree)], tree.signal)])
  if (there && isHiddenThere) return there
  const parts = tree.location.split('/').slice(1)
  for (let depth = 1; depth <= parts.length; depth++) await makeZnode(tree, `/${parts.slice(0, depth).join('/')}`)
  await makeZnode(tree, hiddenPath(tree))
  const made = await readRoot(tree)
  if (!made) throw storeError('sink.unavailable', 'the znode is removed as it is made', tree.location)
  return made
}

async function makeZnode(tree: Tree, path: string): Promise<void> {
  const [isThere] = await tree.connection.existing([path], tree.signal)
  if (!isThere) await tree.connection.multi([{ kind: 'create', path, data: Buffer.alloc(0) }], tree.signal)
}

/** The state of a place that may not be there. */
export function stateOf(root: Root | null): RootState {
  return root?.state ?? NOBODY
}

/** Where journals and staged changes lie. */
export function hiddenPath(tree: Tree): string {
  return `${tree.location}/${HIDDEN}`
}

/** The znode of a key. */
export function keyPath(tree: Tree, key: string): string {
  return `${tree.location}/${nameOfKey(key)}`
}
