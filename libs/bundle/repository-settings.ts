import { VarTrackError } from '@vartrack/errors'
import { z } from 'zod'
import { isNoRepositoryPath, NO_PATH } from './checks/reach.js'
import type { RuleOverrides } from './contract.js'
import { isTurned } from './file-path-map.js'
import { readGlobs } from './globs.js'
import { type JsonObject, readJsonObject } from './json-document.js'
import { createProblems, type Positions } from './problems.js'
import { givenSettings, settingsShape } from './rule-settings.js'
import { problemsOf } from './schema-problems.js'
import { isMap } from './sections/blocks.js'

const FILE = 'vartrack.json'

/**
 * Most bytes of a `vartrack.json`. Whoever may push to a default branch writes it, and it is read in the process that plans for everybody; one that
 * maps five hundred branches has 20 KiB.
 */
export const MOST_SETTINGS_BYTES = 64 * 1024

/** How many problems, and how many ignored names, are told one by one. */
const MOST_TOLD = 20
/** How much of an ignored name is told. */
const MOST_CHARACTERS = 100

const DOCUMENT = {
  file: FILE,
  code: 'repository_settings.syntax',
  remedy: 'Correct it on the default branch of the repository; nothing was written.',
  mostValues: 1_000,
}
const RepositorySettings = z.strictObject(settingsShape)

/** What a repository says about itself. */
export interface RepositorySettings {
  /** To be applied with `overrideRule`. */
  readonly settings: RuleOverrides
  /** Keys that are unknown or that the rule does not allow, for the log: the first of them, shortened, and how many more there are. */
  readonly ignored: readonly string[]
  /** What was read in a way its author should know of. */
  readonly notices: readonly string[]
}

/** What a file says to one rule. @throws VarTrackError `repository_settings.invalid` with the wrong values in `others`: twenty, and how many more there are */
export type SettingsFor = (overridable: readonly string[]) => RepositorySettings

/**
 * Reads a `vartrack.json`, once for all rules.
 * @param content of the file, as text or as it lies in Git
 * @returns takes the names of the settings that a rule lets a repository set, in the bundle's spelling; the same names are checked once
 * @throws VarTrackError `repository_settings.syntax` with line and column; `limit.bytes`, `limit.keys`
 */
export async function openRepositorySettings(content: string | Buffer): Promise<SettingsFor> {
  if (Buffer.byteLength(content) > MOST_SETTINGS_BYTES) throw settingsTooLarge(MOST_SETTINGS_BYTES)
  const written = readJsonObject(content, DOCUMENT)
  await readGlobs(globsIn(written.value))
  const known = new Map<string, RepositorySettings>()
  return (overridable) => {
    const names = JSON.stringify(overridable)
    const settings = known.get(names) ?? settingsFor(written, overridable)
    known.set(names, settings)
    return settings
  }
}

/** Everything that may be taken for a glob. */
function globsIn({ file_name, file_path_map, prune_protection, prune }: Readonly<Record<string, unknown>>): string[] {
  const protection = isMap(prune) ? prune.protection : undefined
  const lists = [[file_name], isMap(file_path_map) ? Object.entries(file_path_map).flat() : [], prune_protection, protection]
  return lists.flatMap((list) => (Array.isArray(list) ? list.filter((glob) => typeof glob === 'string') : []))
}

/** The error for a `vartrack.json` of more bytes than are read. */
export function settingsTooLarge(mostBytes: number): VarTrackError {
  return new VarTrackError({
    code: 'limit.bytes',
    message: `${FILE} has more than ${mostBytes} bytes.`,
    remedy: 'Shorten it on the default branch: a glob or env_as_branch says what many lines of a map do; nothing was written.',
    place: { file: FILE },
  })
}

function settingsFor(written: JsonObject, overridable: readonly string[]): RepositorySettings {
  const allowed = new Set(overridable.includes('prune') ? [...overridable, 'prune_last', 'prune_protection', 'dry_run_prune'] : overridable)
  const settings = Object.fromEntries(Object.entries(written.value).filter(([name]) => allowed.has(name)))
  const parsed = RepositorySettings.safeParse(settings)
  if (!parsed.success) throw invalid(parsed.error.issues, settings, written)
  const outside = [parsed.data.file_name, ...Object.keys(parsed.data.file_path_map ?? {})].find(
    (glob) => glob !== undefined && isNoRepositoryPath(glob),
  )
  if (outside !== undefined) throw leadsOutside(outside, parsed.data.file_name === outside ? 'file_name' : 'file_path_map', written)
  const notices = isTurned(settings.file_path_map) ? [`${FILE}: file_path_map is written as environment to path, and read so.`] : []
  return { settings: givenSettings(parsed.data), ignored: told(written.names.filter((name) => !allowed.has(name))), notices }
}

/** For the log: it has a line for each rule of each plan. */
function told(names: readonly string[]): string[] {
  const first = names.slice(0, MOST_TOLD).map((name) => (name.length > MOST_CHARACTERS ? `${name.slice(0, MOST_CHARACTERS)}...` : name))
  return names.length > MOST_TOLD ? [...first, `and ${names.length - MOST_TOLD} more`] : first
}

/** Git knows no such path: the rule would do nothing, and its author would wonder why. */
function leadsOutside(glob: string, field: string, where: Positions): VarTrackError {
  const problems = createProblems(FILE, where)
  const [what, remedy] = NO_PATH
  problems.report({ code: 'bundle.rule_never_matches', message: `${field} ${JSON.stringify(glob)} ${what}.`, remedy, path: [field] })
  return problems.error('repository_settings.invalid') as VarTrackError
}

function invalid(issues: readonly z.core.$ZodIssue[], raw: unknown, where: Positions): VarTrackError {
  const problems = createProblems(FILE, where, MOST_TOLD)
  for (const problem of problemsOf(issues, { schema: RepositorySettings, raw, path: [] })) problems.report(problem)
  return problems.error('repository_settings.invalid') as VarTrackError
}
