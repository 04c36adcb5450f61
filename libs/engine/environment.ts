import { matchesGlob, type RuleSettings } from '@vartrack/bundle'

/** What happened in the repository, as far as an environment depends on it. */
export type RefEvent =
  | { readonly kind: 'push'; readonly ref: string; readonly file?: string }
  | { readonly kind: 'pull_request'; readonly number: number; readonly head: string; readonly base: string; readonly file?: string }

/** The environment of an event. `planOnly`: show what a merge would change, write nothing. */
export interface Environment {
  readonly name: string
  readonly planOnly: boolean
}

type Settings = Pick<RuleSettings, 'branchMap' | 'filePathMap' | 'envAsBranch' | 'envAsPr' | 'envAsTags'>

/**
 * The environment a rule gives an event; null: no sync. A ref that is neither branch nor tag, such as a pull request's, names none by itself: what a fork
 * proposes must not land in the default environment.
 */
export function resolveEnvironment(rule: Settings, event: RefEvent): Environment | null {
  if (event.kind === 'pull_request') return forPullRequest(rule, event)
  if (event.ref.startsWith('refs/tags/')) return forTag(rule, event.ref.slice('refs/tags/'.length))
  if (!event.ref.startsWith('refs/heads/')) return null
  return { name: forBranch(rule, branchName(event.ref), event.file), planOnly: false }
}

/** A full ref without `refs/heads/`. */
export function branchName(ref: string): string {
  return ref.replace(/^refs\/heads\//, '')
}

/** Can the ref be planned by its name alone? The ref of a pull request cannot: its environment comes from its event. */
export function isBranchOrTag(ref: string): boolean {
  return /^refs\/(heads|tags)\//.test(ref)
}

/** The head branch of a fork may be called `main`: only the number of a pull request names an environment. */
function forPullRequest(rule: Settings, event: Extract<RefEvent, { kind: 'pull_request' }>): Environment {
  if (rule.envAsPr) return { name: `pr-${event.number}`, planOnly: false }
  return { name: forBranch(rule, event.base, event.file), planOnly: true }
}

function forTag(rule: Settings, tag: string): Environment | null {
  return rule.envAsTags ? { name: tag, planOnly: false } : null
}

function forBranch(rule: Settings, branch: string, file: string | undefined): string {
  const mapped = Object.hasOwn(rule.branchMap, branch) ? rule.branchMap[branch] : undefined
  return mapped ?? fromPath(rule, file) ?? (rule.envAsBranch ? branch : 'default')
}

function fromPath(rule: Settings, file: string | undefined): string | undefined {
  if (file === undefined) return undefined
  return Object.entries(rule.filePathMap).find(([glob]) => matchesGlob(glob, file))?.[1]
}
