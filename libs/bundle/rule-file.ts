import type { Rule } from './contract.js'
import { readJsonObject } from './json-document.js'
import { createProblems } from './problems.js'
import { readRule } from './sections/rules.js'

/**
 * Reads one rule from a JSON file, as it would stand in the bundle's `rules`: the same fields, the same defaults.
 * @param file its name, for errors
 * @throws VarTrackError `rule.syntax` with line and column; `rule.invalid` with every problem in `others`, an unknown field with the name nearest to it
 */
export function parseRuleFile(text: string, file: string): Rule {
  const written = readJsonObject(text, { file, code: 'rule.syntax', remedy: 'Correct it at this place.' })
  const problems = createProblems(file, written.positions)
  const rule = readRule(written.value, [], new Set(), problems.report)
  const error = problems.error('rule.invalid')
  if (error !== undefined || rule === undefined) throw error ?? new Error('a rule was neither read nor refused')
  return rule
}
