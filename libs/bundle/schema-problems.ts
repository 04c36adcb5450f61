import { Duration, SecretReference } from '@vartrack/sink-kit'
import type { z } from 'zod'
import { suggestName } from './nearest-name.js'
import { fieldName, type Path, type Problem } from './problems.js'
import { knownFields, schemasAt } from './schema-walk.js'

type Issue = z.core.$ZodIssue

/** What was checked: the value, its schema, and where it lies in the file. */
export interface Checked {
  readonly schema: z.core.$ZodType
  readonly raw: unknown
  readonly path: Path
}

/**
 * The operator's view of what a schema found. A schema of our own adds `params: {code, remedy}` to its custom issues; their message goes on
 * from the name of the field (`is no duration: "30"`).
 */
export function problemsOf(issues: readonly Issue[], checked: Checked): Problem[] {
  return issues.flatMap((issue) => problemsOfIssue(issue, checked))
}

function problemsOfIssue(issue: Issue, checked: Checked): Problem[] {
  const path = issue.path as Path
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField(key, path, checked))
  if (issue.code === 'invalid_key') return problemsOf(below(path, issue.issues), checked)
  const union = issue.code === 'invalid_union' && valueAt(checked.raw, path) !== undefined ? speakingBranch(issue, checked) : undefined
  if (union) return problemsOf(below(path, union), checked)
  const full = [...checked.path, ...path]
  const { message, ...problem } = describeIssue(issue, checked)
  return [{ ...problem, message: `${fieldName(full)} ${message}`, path: full }]
}

type Description = Omit<Problem, 'path'>

function describeIssue(issue: Issue, checked: Checked): Description {
  const path = issue.path as Path
  if (issue.code === 'custom') return describeCustom(issue)
  if (valueAt(checked.raw, path) === undefined) return { code: 'bundle.missing_field', message: 'is missing.', remedy: `Add ${path.at(-1) ?? 'it'}.` }
  const schemas = schemasAt(checked.schema, path)
  if (schemas.includes(SecretReference)) return BAD_CREDENTIAL
  if (schemas.includes(Duration)) return badDuration(valueAt(checked.raw, path))
  if (issue.code === 'invalid_type') return wrongType([issue.expected], valueAt(checked.raw, path))
  if (issue.code === 'invalid_union') return wrongType(expectedOf(issue), valueAt(checked.raw, path))
  if (issue.code === 'invalid_value') return badChoice(issue)
  if (issue.code === 'too_big' && issue.maximum === Number.MAX_SAFE_INTEGER) return badValue('is a number that is too large', 'Write a smaller one.')
  return badValue(`is not allowed: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`, 'Correct it.')
}

function describeCustom(issue: Extract<Issue, { code: 'custom' }>): Description {
  const { code, remedy } = issue.params ?? {}
  const said = badValue(issue.message, typeof remedy === 'string' ? remedy : 'Correct it.')
  return typeof code === 'string' ? { ...said, code } : said
}

const BAD_CREDENTIAL: Description = {
  code: 'bundle.bad_credential',
  message: 'is no credential.',
  remedy: 'Write a string, {file: "path"}, {env: "NAME"} or {ref: {path: "...", key: "..."}}.',
}

function badDuration(value: unknown): Description {
  const remedy = 'Write it with a unit, such as "500ms", "30s", "5m" or "1h".'
  return { code: 'bundle.bad_duration', message: `is no duration: ${JSON.stringify(value)}.`, remedy }
}

function badValue(message: string, remedy: string): Description {
  return { code: 'bundle.bad_value', message: message.endsWith('.') ? message : `${message}.`, remedy }
}

/** A schema may say why it takes nothing else. */
function badChoice(issue: Extract<Issue, { code: 'invalid_value' }>): Description {
  const choices = issue.values.map((value) => JSON.stringify(value)).join(' or ')
  const reason = issue.message.startsWith('Invalid ') ? '' : `: ${issue.message}`
  return badValue(`must be ${choices}${reason}`, issue.values.length === 1 ? 'Write that, or leave it out.' : 'Write one of these.')
}

function wrongType(expected: readonly string[], value: unknown): Description {
  if (typeof value === 'number' && !Number.isFinite(value)) return badValue('is a number that is too large', 'Write a smaller one.')
  const wanted = [...new Set(expected)].map(article).join(' or ')
  const got = value === null ? 'null' : article(kindOf(value))
  return { code: 'bundle.wrong_type', message: `must be ${wanted}, and is ${got}.`, remedy: 'Correct it.' }
}

function unknownField(key: string, path: Path, checked: Checked): Problem {
  const full = [...checked.path, ...path, key]
  const remedy = suggestName(key, knownFields(checked.schema, path))
  return { code: 'bundle.unknown_field', message: `${fieldName(full)} is no field that varTrack knows.`, remedy, path: full }
}

/** Of a union, the branch that is of the value's type speaks; a credential and a duration speak for themselves. */
function speakingBranch(issue: Union, checked: Checked): readonly Issue[] | undefined {
  const schemas = schemasAt(checked.schema, issue.path as Path)
  if (schemas.includes(SecretReference) || schemas.includes(Duration)) return undefined
  return issue.errors.find((branch) => !branch.some((one) => one.path.length === 0 && one.code === 'invalid_type'))
}

type Union = Extract<Issue, { code: 'invalid_union' }>

function expectedOf(issue: Union): string[] {
  return issue.errors.flat().flatMap((one) => (one.code === 'invalid_type' ? [one.expected] : []))
}

/** Issues of an inner check, their paths counted from the outer value. */
function below(path: Path, issues: readonly Issue[]): Issue[] {
  return issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] }))
}

function valueAt(raw: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined),
    raw,
  )
}

function kindOf(value: unknown): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return 'fraction'
  return Array.isArray(value) ? 'array' : typeof value
}

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a map',
  record: 'a map',
  int: 'a whole number',
  fraction: 'a number with a fraction',
}

function article(kind: string): string {
  return KINDS[kind] ?? `a ${kind}`
}
