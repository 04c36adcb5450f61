import { type Bundle, matchesAny, matchesGlob, overrideRule, type Rule } from '@vartrack/bundle'

/**
 * Every rule that is about a repository, with the bundle's overrides for it applied.
 * @param repo `owner/name`
 * @param datasource only rules that feed it, narrowed to it
 */
export function rulesFor(bundle: Bundle, platform: string, repo: string, datasource?: string): Rule[] {
  return bundle.rules
    .filter((rule) => rule.platform === platform && matchesAny(rule.repositories, repo) && !matchesAny(rule.excludeRepositories, repo))
    .map((rule) => overridden(rule, repo))
    .filter((rule) => rule.enabled)
    .flatMap((rule) => narrowed(rule, datasource))
}

function overridden(rule: Rule, repo: string): Rule {
  const overrides = Object.entries(rule.repositoryOverrides).filter(([glob]) => matchesGlob(glob, repo))
  return overrides.reduce<Rule>((settings, [, override]) => overrideRule(settings, override), rule)
}

function narrowed(rule: Rule, datasource: string | undefined): Rule[] {
  if (datasource === undefined) return [rule]
  return rule.datasources.includes(datasource) ? [{ ...rule, datasources: [datasource] }] : []
}
