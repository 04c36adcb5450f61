import type { Place } from '@vartrack/errors'
import type { Rule } from './contract.js'
import { type JsonObject, readJsonObject } from './json-document.js'
import { createProblems, type Path } from './problems.js'
import { readRule } from './sections/rules.js'
import { LIMIT_DEFAULTS } from './setting-defaults.js'

/**
 * Reads one rule from a JSON file, as it would stand in the bundle's `rules`: the same fields, the same defaults.
 * @param content as text, or as the bytes of UTF-8
 * @param file its name, for errors
 * @throws VarTrackError `rule.syntax` with line and column; `limit.keys`; `rule.invalid` with every problem in `others`, an unknown field with the name nearest to it
 */
export function parseRuleFile(content: string | Buffer, file: string): Rule {
  const written = read(content, file)
  const problems = createProblems(file, written)
  const rule = readRule(written.value, [], new Set(), problems.report)
  const error = problems.error('rule.invalid')
  if (error !== undefined || rule === undefined) throw error ?? new Error('a rule was neither read nor refused')
  return rule
}

/** Where a field of a rule stands in its file, by its name; the file alone where it is not there. @throws VarTrackError as {@link parseRuleFile} */
export function placeInRuleFile(content: string | Buffer, file: string, path: Path): Place {
  return { file, ...read(content, file).namePositions.get(path.join('.')) }
}

function read(content: string | Buffer, file: string): JsonObject {
  return readJsonObject(content, { file, code: 'rule.syntax', remedy: 'Correct it at this place.', mostValues: LIMIT_DEFAULTS.maxKeys })
}
