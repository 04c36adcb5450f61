import type { Prune, Rule, RuleOverrides } from './contract.js'

/**
 * A rule with what a repository (`vartrack.json`) or the operator (`repository_overrides`) sets for it.
 * Of prune only the given parts change, and protection globs are added: a repository cannot take away what the operator protects.
 */
export function overrideRule(rule: Rule, overrides: RuleOverrides): Rule {
  return { ...rule, ...overrides, prune: overridePrune(rule.prune, overrides.prune) }
}

function overridePrune(prune: Prune, overrides: Partial<Prune> = {}): Prune {
  const protection = [...new Set([...prune.protection, ...(overrides.protection ?? [])])]
  return { ...prune, ...overrides, protection }
}
