import type { Bundle } from '@vartrack/bundle'
import type { CompileOptions, CompileResult, Core, Diagnostic, Release } from '@vartrack/core'
import { allOrRefusals, withPlace } from '@vartrack/errors'
import type { Position } from '@vartrack/formats'
import type { Repository } from '@vartrack/git'
import { type Compiler, compileBytes } from './compile-bytes.js'
import { compileOptions } from './compile-options.js'
import type { Destination, RuleFile } from './destinations.js'
import { locateEntries } from './locate-entries.js'

/** What compiling works with. */
export interface CompileContext {
  readonly core: Core
  readonly bundle: Bundle
  readonly repository: Pick<Repository, 'blob'>
  readonly parser: Compiler['parser']
  readonly cache: ReleaseCache
  /** Looks at the release of each file before they are put together, and may mark its entries. */
  readonly inspect?: (release: CompileResult, inspected: InspectedFile) => Promise<CompiledFile>
  readonly signal: AbortSignal
}

/** The file that a release was compiled from. */
export interface InspectedFile {
  readonly destination: Destination
  readonly file: RuleFile
  /** Where entries stand in it, as the environment sees them; `undefined` for a key that is not there. */
  readonly locate: (keys: readonly string[]) => Promise<readonly (Position | undefined)[]>
}

/** Remembers compiled files by blob and options. */
export interface ReleaseCache {
  get(key: string): CompileResult | undefined
  set(key: string, value: CompileResult): void
}

export interface CompiledFile extends Release {
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * The release of one destination: every file that lands there, compiled and put together.
 * @throws VarTrackError `format.*`, `root_key.*`, `env.*`, `flatten.collision`, `claim.conflict`, `limit.*`, `git.*`; what refuses several files in `others`
 */
export async function compileDestination(context: CompileContext, destination: Destination): Promise<CompiledFile> {
  const present = destination.files.filter((file): file is RuleFile & { blob: string } => file.blob !== undefined)
  const compiled = await allOrRefusals(present.map((file) => inspectFile(context, destination, file)))
  const [only] = compiled
  const diagnostics = compiled.flatMap((file) => file.diagnostics)
  if (only && compiled.length === 1) return only
  return { ...(await context.core.merge(compiled.map((file) => file.frame))), diagnostics }
}

async function inspectFile(context: CompileContext, destination: Destination, file: RuleFile & { blob: string }): Promise<CompiledFile> {
  const { inspect, signal } = context
  const compiled = await compileFile(context, destination, file)
  if (!inspect) return compiled
  const locate = async (keys: readonly string[]) => {
    const options = optionsOf(context, destination, file)
    const bytes = await readFile(context, file)
    return locateEntries(context, bytes, file.rule, options, keys, signal)
  }
  return inspect(compiled, { destination, file, locate })
}

async function compileFile(context: CompileContext, destination: Destination, file: RuleFile & { blob: string }): Promise<CompileResult> {
  const { cache, signal } = context
  const options = optionsOf(context, destination, file)
  const key = JSON.stringify([file.blob, file.rule.format, options])
  const known = cache.get(key)
  if (known) return known
  const bytes = await readFile(context, file)
  const compiled = await compileBytes(context, bytes, file.rule, options, signal)
  cache.set(key, compiled)
  return compiled
}

/** What a rule says of a file is wrong with the rule; who reads of it wants to know of which file, too. */
function optionsOf({ bundle }: CompileContext, { environment, names }: Destination, { path, rule }: RuleFile): CompileOptions {
  try {
    return compileOptions(rule, path, environment, names, bundle.limits)
  } catch (error) {
    throw withPlace(error, { file: path, rule: rule.name })
  }
}

/** Git knows a file by its content alone; who is told that it is too large needs its name. */
async function readFile({ bundle, repository, signal }: CompileContext, file: RuleFile & { blob: string }): Promise<Buffer> {
  try {
    return await repository.blob(file.blob, bundle.limits.maxFileBytes, signal)
  } catch (error) {
    throw withPlace(error, { file: file.path, rule: file.rule.name })
  }
}
