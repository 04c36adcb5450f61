/** Where a repository is fetched from. */
export interface Remote {
  readonly url: string
  /** Sent as a header through the environment of git, never in argv or URL. */
  readonly token: string | undefined
  readonly verifySsl: boolean
  readonly timeoutMs: number
}

/** A regular file at a commit. Symlinks and submodules are told apart so that they can be refused. */
export interface TreeEntry {
  readonly path: string
  readonly kind: 'file' | 'symlink' | 'submodule'
  readonly blob: string
  readonly size: number
}

/** One repository's bare cache. All methods are safe to call from several processes at once. */
export interface Repository {
  /** Fetches the ref (one fetch: head and the blobs it needs) and gives its commit; `undefined`: the ref is gone. @throws VarTrackError `git.*` */
  fetch(ref: string, signal: AbortSignal): Promise<string | undefined>
  /** Files at a commit; `globs` are literal path prefixes to narrow the listing. */
  tree(commit: string, signal: AbortSignal): Promise<TreeEntry[]>
  /** Paths that differ between two commits; `undefined` when `from` is not known here (everything counts as changed). */
  changedPaths(from: string, to: string, signal: AbortSignal): Promise<string[] | undefined>
  /** @throws VarTrackError `git.blob_too_large`, checked by size before the bytes are read */
  blob(id: string, maxBytes: number, signal: AbortSignal): Promise<Buffer>
}

export interface GitCache {
  repository(remote: Remote): Repository
  /** Heads of refs at the remote without fetching: full ref to commit, and `HEAD` to the default branch's full ref. */
  remoteHeads(remote: Remote, signal: AbortSignal): Promise<{ readonly refs: ReadonlyMap<string, string>; readonly defaultRef: string | undefined }>
}
