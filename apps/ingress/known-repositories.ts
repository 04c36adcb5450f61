import { type Bundle, matchesAny } from '@vartrack/bundle'

/** Answers kept per bundle: enough for every repository that sends webhooks, few enough for an attacker's inventions. */
const MAX_ANSWERS = 10_000

/** Says whether any rule could care for a repository; the planner decides which do. */
export type KnownRepositories = (platform: string, repo: string, datasource?: string) => boolean

/** Remembers its answers until the bundle changes, so that a thousand rules cost nothing at each delivery. */
export function createKnownRepositories(bundle: () => Bundle): KnownRepositories {
  let current: Bundle | undefined
  const answers = new Map<string, boolean>()
  return (platform, repo, datasource) => {
    const now = bundle()
    if (current !== now || answers.size > MAX_ANSWERS) answers.clear()
    current = now
    const key = [platform, repo, datasource ?? ''].join('\n')
    const known = answers.get(key) ?? isKnown(now, platform, repo, datasource)
    answers.set(key, known)
    return known
  }
}

function isKnown(bundle: Bundle, platform: string, repo: string, datasource: string | undefined): boolean {
  return bundle.rules.some(
    (rule) =>
      rule.enabled &&
      rule.platform === platform &&
      (datasource === undefined || rule.datasources.includes(datasource)) &&
      matchesAny(rule.repositories, repo) &&
      !matchesAny(rule.excludeRepositories, repo),
  )
}
