/** Where a repository is fetched from. */
export interface Remote {
  readonly url: string
  /** Sent as a header through the environment of git, never in argv or URL. */
  readonly token: string | undefined
  readonly verifySsl: boolean
  readonly timeoutMs: number
  /** How often a host that cannot be reached, or breaks off, is asked again at once. Default: not at all. */
  readonly maxRetries?: number
}

/** One entry at a commit. Only a `file` may be read; everything else is told apart so that it can be refused by name. */
export interface TreeEntry {
  readonly path: string
  readonly kind: 'file' | 'symlink' | 'submodule' | 'unsafe'
  /** Of an `unsafe` entry: what is wrong with its path. */
  readonly defect?: PathDefect
  readonly blob: string
}

/** Why a path is not safe to use: `case_collision` means another file differs from it by case alone. */
export type PathDefect = 'not_utf8' | 'control_character' | 'traversal' | 'case_collision'

/** One repository's bare cache. All methods are safe to call from several processes at once. */
export interface Repository {
  /** Fetches the ref (one fetch: head and the blobs it needs) and gives its commit; `undefined`: the ref is gone. @throws VarTrackError `git.*` */
  fetch(ref: string, signal: AbortSignal): Promise<string | undefined>
  /**
   * Files at a commit. `prefixes` are literal files or folders that narrow the listing.
   * @throws VarTrackError `git.tree_too_large`, `git.commit_missing`
   */
  tree(commit: string, signal: AbortSignal, prefixes?: readonly string[]): Promise<TreeEntry[]>
  /** Paths that differ between two commits; `undefined` when `from` is not known here (everything counts as changed). */
  changedPaths(from: string, to: string, signal: AbortSignal): Promise<string[] | undefined>
  /** @throws VarTrackError `git.blob_too_large`, checked by size before the bytes are read */
  blob(id: string, maxBytes: number, signal: AbortSignal): Promise<Buffer>
}

export interface GitCache {
  repository(remote: Remote): Repository
  /** Heads of refs at the remote without fetching: full ref to commit, and `HEAD` to the default branch's full ref. */
  remoteHeads(remote: Remote, signal: AbortSignal): Promise<{ readonly refs: ReadonlyMap<string, string>; readonly defaultRef: string | undefined }>
  /** Addresses of the repositories whose clones lie in the cache: they outlive Redis. */
  remotes(): Promise<string[]>
  /** Ends the reader processes and the connections. Files stay: the cache is warm for the next process. */
  close(): Promise<void>
}
