import { VarTrackError } from '@vartrack/errors'
import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { z } from 'zod'
import type { RuleOverrides } from './contract.js'
import { isTurned } from './file-path-map.js'
import { createProblems, type Path } from './problems.js'
import { givenSettings, settingsShape } from './rule-settings.js'
import { problemsOf } from './schema-problems.js'

const FILE = 'vartrack.json'
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
 * @param text content of the file
 * @param overridable names of the settings that the rule lets a repository set, in the bundle's spelling
 * @throws VarTrackError `repository_settings.syntax` with line and column; `repository_settings.invalid` with every wrong value in `others`
 */
export function parseRepositorySettings(text: string, overridable: readonly string[]): RepositorySettings {
  const written = parseJson(text)
  const allowed = new Set(overridable.includes('prune') ? [...overridable, 'prune_last', 'prune_protection', 'dry_run_prune'] : overridable)
  const taken = Object.entries(getNodeValue(written) as Record<string, unknown>).filter(([name]) => allowed.has(name))
  const settings = Object.fromEntries(taken)
  const parsed = RepositorySettings.safeParse(settings)
  if (!parsed.success) throw invalid(parsed.error.issues, settings, positionsOf(written, text))
  const ignored = (written.children ?? []).map((property) => String(property.children?.[0]?.value)).filter((name) => !allowed.has(name))
  const notices = isTurned(settings.file_path_map) ? [`${FILE}: file_path_map is written as environment to path, and read so.`] : []
  return { settings: givenSettings(parsed.data), ignored, notices }
}

function parseJson(text: string): Node {
  const errors: ParseError[] = []
  const node = parseWithinStack(text, errors)
  const [first] = errors
  if (first) throw syntax(text, first.offset, `is no JSON: ${spaced(printParseErrorCode(first.error))}`)
  if (node?.type !== 'object') throw syntax(text, node?.offset ?? 0, 'must be a JSON object')
  return node
}

function parseWithinStack(text: string, errors: ParseError[]): Node | undefined {
  try {
    return parseTree(text, errors, { disallowComments: true, allowTrailingComma: false })
  } catch (error) {
    if (error instanceof RangeError) throw syntax(text, 0, 'is nested too deep')
    throw error
  }
}

function syntax(text: string, offset: number, what: string): VarTrackError {
  return new VarTrackError({
    code: 'repository_settings.syntax',
    message: `${FILE} ${what}.`,
    remedy: 'Correct it on the default branch of the repository; nothing was written.',
    place: { file: FILE, ...positionAt(text, offset) },
  })
}

function invalid(issues: readonly z.core.$ZodIssue[], raw: unknown, positions: ReadonlyMap<string, { line: number; column: number }>): VarTrackError {
  const problems = createProblems(FILE, positions)
  for (const problem of problemsOf(issues, { schema: RepositorySettings, raw, path: [] })) problems.report(problem)
  return problems.error('repository_settings.invalid') as VarTrackError
}

function positionsOf(node: Node, text: string, path: Path = []): Map<string, { line: number; column: number }> {
  const own: [string, { line: number; column: number }][] = path.length > 0 ? [[path.join('.'), positionAt(text, node.offset)]] : []
  const children = (node.children ?? []).flatMap((child, index) => {
    const [key, value] = child.type === 'property' ? (child.children ?? []) : []
    return [...positionsOf(value ?? child, text, [...path, key ? String(key.value) : index])]
  })
  return new Map([...own, ...children])
}

function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

/** `PropertyNameExpected` -> `property name expected`. */
function spaced(code: string): string {
  return code.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase()
}
