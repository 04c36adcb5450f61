import type { Rule } from '@vartrack/bundle'
import type { CompileOptions } from '@vartrack/core'
import type { Names } from '@vartrack/sink-kit'
import { fillPlain } from '@vartrack/sink-kit/template'

/** What of a rule decides what becomes of a file. */
export type CompileSettings = Pick<
  Rule,
  'environments' | 'branchMap' | 'filePathMap' | 'rootKey' | 'rootKeyOptional' | 'variablesMap' | 'arrays' | 'format'
>

/**
 * Options of the core for one file of a rule; the same for a push and for `vt compile`.
 * @param file path in the repository
 * @param names for the placeholders of `variables_map`
 * @throws VarTrackError `template.unresolved`
 */
export function compileOptions(
  rule: CompileSettings,
  file: string,
  environment: string,
  names: Names,
  limits: CompileOptions['limits'],
): CompileOptions {
  const known = rule.environments.length > 0 ? rule.environments : [...Object.values(rule.branchMap), ...Object.values(rule.filePathMap)]
  const variables = Object.entries(rule.variablesMap).map(([key, value]) => [key, fillPlain(key, value, names)] as const)
  return {
    file,
    environment,
    names: [...new Set(known)],
    rootKey: rule.rootKey,
    rootKeyOptional: rule.rootKeyOptional,
    rootKeyAnyDepth: false,
    variables: Object.fromEntries(variables),
    arrays: rule.arrays,
    limits,
  }
}
