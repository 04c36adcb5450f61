import { createHash } from 'node:crypto'
import type { Cue } from '@vartrack/cuelang-wasm'
import { VarTrackError } from '@vartrack/errors'
import { decodeUtf8 } from '@vartrack/formats/utf8'
import { parseTree } from 'jsonc-parser'
import type { Bundle } from './contract.js'
import { notEvaluated } from './cue-refusal.js'
import { createProblems, type Path, type Report } from './problems.js'
import { readBundle } from './read-bundle.js'
import { isMap } from './sections/blocks.js'
import type { SinkRegistry } from './sections/datasources.js'
import { valueOf } from './written-numbers.js'

/** What loading needs. */
export interface LoadDependencies {
  readonly cue: Pick<Cue, 'evaluate'>
  readonly sinks: SinkRegistry
  /** Milliseconds between polls where the bundle does not say. Default: 60000. */
  readonly pollIntervalMs?: number
}

/**
 * Evaluates, checks and types a `config.cue`.
 * @param source of the file, as text or as the bytes of UTF-8
 * @param file its name, for the places of problems
 * @throws VarTrackError `bundle.invalid` with every problem in `others`, in the order of the file
 */
export async function loadBundle(source: string | Buffer, file: string, { cue, sinks, pollIntervalMs = 60_000 }: LoadDependencies): Promise<Bundle> {
  const { json, positions } = await cue.evaluate(textOf(source, file), file).catch((error: unknown) => {
    throw notEvaluated(error, file)
  })
  const problems = createProblems(file, { positions })
  const data = read(json)
  reportLost(data, [], problems.report)
  const fields = bundleOf(data, problems.report)
  const bundle = fields && readBundle(fields, { sinks, pollIntervalMs, digest: digestOf(source) }, problems.report)
  const error = problems.error('bundle.invalid')
  if (error || !bundle)
    throw error ?? new VarTrackError({ code: 'bundle.unreadable', message: `${file} was not read.`, disposition: { kind: 'bug' } })
  return bundle
}

function textOf(source: string | Buffer, file: string): string {
  if (typeof source === 'string') return source
  const decoded = decodeUtf8(source)
  if ('text' in decoded) return decoded.text
  const lines = decoded.soundPart.split('\n')
  const place = { file, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
  const problem = new VarTrackError({ code: 'bundle.bad_encoding', message: 'The file is not UTF-8 here.', remedy: 'Save the file as UTF-8.', place })
  throw new VarTrackError({ code: 'bundle.invalid', message: `${file} is no text.`, place, others: [problem] })
}

/** @param json as CUE gives it: the numbers of the source as they are written */
function read(json: string): unknown {
  const node = parseTree(json)
  return node && valueOf(node, json)
}

/** `__proto__` is a name that maps of JavaScript lose; whoever writes it as a branch or a key shall hear of it. */
function reportLost(value: unknown, path: Path, report: Report): void {
  if (typeof value !== 'object' || value === null) return
  for (const [name, field] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(name) : name]
    if (name === '__proto__') report({ code: 'bundle.bad_name', message: '__proto__ cannot be a name.', remedy: 'Give it another name.', path: at })
    else reportLost(field, at, report)
  }
}

function digestOf(source: string | Buffer): string {
  return createHash('sha256').update(source).digest('hex')
}

/** The one field of the file. Whatever else the file defines has to be hidden (`_name`) or a definition (`#Name`). */
function bundleOf(data: unknown, report: Report): Readonly<Record<string, unknown>> | undefined {
  const { bundle, ...rest } = isMap(data) ? data : {}
  for (const name of Object.keys(rest)) {
    report({
      code: 'bundle.unknown_field',
      message: `${name} stands beside bundle.`,
      remedy: 'Put it into bundle, or hide it: _name or #Name.',
      path: [name],
    })
  }
  if (isMap(bundle)) return bundle
  const what = bundle === undefined ? 'The file has no field "bundle".' : 'bundle must be a map.'
  report({ code: 'bundle.missing_field', message: what, remedy: 'Write everything within bundle: {...}.', path: ['bundle'] })
  return undefined
}
