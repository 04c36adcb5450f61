import type { VarTrackError } from '@vartrack/errors'
import { z } from 'zod'
import { isNoRepositoryPath, NO_PATH } from './checks/reach.js'
import type { RuleOverrides } from './contract.js'
import { isTurned } from './file-path-map.js'
import { readJsonObject } from './json-document.js'
import { createProblems } from './problems.js'
import { givenSettings, settingsShape } from './rule-settings.js'
import { problemsOf } from './schema-problems.js'

const FILE = 'vartrack.json'
const DOCUMENT = {
  file: FILE,
  code: 'repository_settings.syntax',
  remedy: 'Correct it on the default branch of the repository; nothing was written.',
}
const RepositorySettings = z.strictObject(settingsShape)

/** What a repository says about itself. */
export interface RepositorySettings {
  /** To be applied with `overrideRule`. */
  readonly settings: RuleOverrides
  /** Keys that are unknown or that the rule does not allow, for the log. */
  readonly ignored: readonly string[]
  /** What was read in a way its author should know of. */
  readonly notices: readonly string[]
}

/**
 * Reads a `vartrack.json`.
 * @param content of the file, as text or as it lies in Git
 * @param overridable names of the settings that the rule lets a repository set, in the bundle's spelling
 * @throws VarTrackError `repository_settings.syntax` with line and column; `repository_settings.invalid` with every wrong value in `others`
 */
export function parseRepositorySettings(content: string | Buffer, overridable: readonly string[]): RepositorySettings {
  const written = readJsonObject(content, DOCUMENT)
  const allowed = new Set(overridable.includes('prune') ? [...overridable, 'prune_last', 'prune_protection', 'dry_run_prune'] : overridable)
  const taken = Object.entries(written.value).filter(([name]) => allowed.has(name))
  const settings = Object.fromEntries(taken)
  const parsed = RepositorySettings.safeParse(settings)
  if (!parsed.success) throw invalid(parsed.error.issues, settings, written.positions)
  const outside = [parsed.data.file_name, ...Object.keys(parsed.data.file_path_map ?? {})].find(
    (glob) => glob !== undefined && isNoRepositoryPath(glob),
  )
  if (outside !== undefined) throw leadsOutside(outside, parsed.data.file_name === outside ? 'file_name' : 'file_path_map', written.positions)
  const ignored = written.names.filter((name) => !allowed.has(name))
  const notices = isTurned(settings.file_path_map) ? [`${FILE}: file_path_map is written as environment to path, and read so.`] : []
  return { settings: givenSettings(parsed.data), ignored, notices }
}

/** Git knows no such path: the rule would do nothing, and its author would wonder why. */
function leadsOutside(glob: string, field: string, positions: ReadonlyMap<string, { line: number; column: number }>): VarTrackError {
  const problems = createProblems(FILE, positions)
  const [what, remedy] = NO_PATH
  problems.report({ code: 'bundle.rule_never_matches', message: `${field} ${JSON.stringify(glob)} ${what}.`, remedy, path: [field] })
  return problems.error('repository_settings.invalid') as VarTrackError
}

function invalid(issues: readonly z.core.$ZodIssue[], raw: unknown, positions: ReadonlyMap<string, { line: number; column: number }>): VarTrackError {
  const problems = createProblems(FILE, positions)
  for (const problem of problemsOf(issues, { schema: RepositorySettings, raw, path: [] })) problems.report(problem)
  return problems.error('repository_settings.invalid') as VarTrackError
}
