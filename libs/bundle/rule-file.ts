import type { Rule } from './contract.js'
import { readJsonObject } from './json-document.js'
import { createProblems } from './problems.js'
import { readRule } from './sections/rules.js'
import { LIMIT_DEFAULTS } from './setting-defaults.js'

/**
 * Reads one rule from a JSON file, as it would stand in the bundle's `rules`: the same fields, the same defaults.
 * @param content as text, or as the bytes of UTF-8
 * @param file its name, for errors
 * @throws VarTrackError `rule.syntax` with line and column; `limit.keys`; `rule.invalid` with every problem in `others`, an unknown field with the name nearest to it
 */
export function parseRuleFile(content: string | Buffer, file: string): Rule {
  const written = readJsonObject(content, { file, code: 'rule.syntax', remedy: 'Correct it at this place.', mostValues: LIMIT_DEFAULTS.maxKeys })
  const problems = createProblems(file, written)
  const rule = readRule(written.value, [], new Set(), problems.report)
  const error = problems.error('rule.invalid')
  if (error !== undefined || rule === undefined) throw error ?? new Error('a rule was neither read nor refused')
  return rule
}
