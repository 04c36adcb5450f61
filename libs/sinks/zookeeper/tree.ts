import { storeError } from '@vartrack/sink-kit'
import { childrenRequest, existsRequest, getRequest, type Request, type Znode, type ZooKeeperConnection } from './connection.js'
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
  const znode = await tree.connection.get(tree.location, tree.signal)
  return znode && rootOf(tree, znode)
}

function rootOf(tree: Tree, { data, version }: Znode): Root {
  return { state: decodeRoot(data, tree.location), version }
}

/** A location as a write finds it. */
export interface Look<Answer> {
  readonly root: Root
  /** Names of the hidden znodes. */
  readonly hidden: readonly string[]
  /** Of what else was asked. */
  readonly answers: readonly Answer[]
}

/** Looks at a location and asks for more, in one flight and the head first; makes the znode, those above it and the hidden one when they are not there. */
export async function lookAt<Answer>(tree: Tree, requests: readonly Request<Answer>[]): Promise<Look<Answer>> {
  return (await tryLook(tree, requests)) ?? makePlace(tree).then(async () => (await tryLook(tree, requests)) ?? gone(tree))
}

async function tryLook<Answer>(tree: Tree, requests: readonly Request<Answer>[]): Promise<Look<Answer> | null> {
  const flight = [getRequest(tree.location), childrenRequest(hiddenPath(tree)), ...requests] as const
  const [znode, hidden, ...answers] = await tree.connection.inTurn(flight, tree.signal)
  return znode && hidden && { root: rootOf(tree, znode), hidden, answers }
}

async function makePlace(tree: Tree): Promise<void> {
  const parts = tree.location.split('/').slice(1)
  for (let depth = 1; depth <= parts.length; depth++) await makeZnode(tree, `/${parts.slice(0, depth).join('/')}`)
  await makeZnode(tree, hiddenPath(tree))
}

async function makeZnode(tree: Tree, path: string): Promise<void> {
  const [isThere] = await tree.connection.inTurn([existsRequest(path)], tree.signal)
  if (!isThere) await tree.connection.multi([{ kind: 'create', path, data: Buffer.alloc(0) }], tree.signal)
}

function gone(tree: Tree): never {
  throw storeError('sink.unavailable', 'the znode is removed as it is made', tree.location)
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
