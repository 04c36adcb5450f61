import type { Repository } from '@vartrack/git'
import type { PlanBase } from '@vartrack/state'

/** What differs between a commit and what the destinations may hold. */
export interface Changes {
  /** Paths that differ for the destinations of a datasource; `undefined`: everything counts as changed. */
  in(datasource: string): ReadonlySet<string> | undefined
  /** Paths that differ for any of them, as far as it is known. */
  readonly paths: ReadonlySet<string>
  /** One of the commits is not known here: its history was rewritten, or the cache was lost. */
  readonly rewritten: boolean
}

/** Of a commit that is compared with nothing. */
export const EVERYTHING: Changes = { in: () => undefined, paths: new Set(), rewritten: false }

/**
 * Compares a commit with every commit that may lie at a destination: the one that settled last, and those whose writes are under way or failed. A mistake
 * that is reverted while it is being written differs from the head although the settled commit does not.
 * @param bundle digest of the one in force; what was planned with another counts as changed
 */
export async function changesAt(
  repository: Pick<Repository, 'changedPaths'>,
  commit: string,
  bases: ReadonlyMap<string, PlanBase>,
  bundle: string,
  signal: AbortSignal,
): Promise<Changes> {
  const commits = new Set([...bases.values()].flatMap(commitsOf))
  const found = await Promise.all([...commits].map(async (from) => [from, await repository.changedPaths(from, commit, signal)] as const))
  const differences = new Map(found)
  return {
    in: (datasource) => {
      const base = bases.get(datasource)
      return base?.commit === undefined || base.bundle !== bundle ? undefined : union(commitsOf(base).map((from) => differences.get(from)))
    },
    paths: new Set([...differences.values()].flatMap((paths) => paths ?? [])),
    rewritten: [...differences.values()].includes(undefined),
  }
}

function commitsOf(base: PlanBase): string[] {
  return [...(base.commit === undefined ? [] : [base.commit]), ...Object.keys(base.pending)]
}

function union(lists: readonly (readonly string[] | undefined)[]): ReadonlySet<string> | undefined {
  const known = lists.filter((list) => list !== undefined)
  return known.length === lists.length ? new Set(known.flat()) : undefined
}
