import type { Bundle, Rule } from '@vartrack/bundle'
import type { CompileOptions, Core, Diagnostic, Release } from '@vartrack/core'
import type { Parsed, ParseOptions } from '@vartrack/formats'
import type { Repository } from '@vartrack/git'
import { fillPlain, type Names } from '@vartrack/sink-kit'
import type { Destination, RuleFile } from './destinations.js'

/** What compiling works with. */
export interface CompileContext {
  readonly core: Core
  readonly bundle: Bundle
  readonly repository: Pick<Repository, 'blob'>
  readonly parse: (bytes: Buffer, path: string, options: ParseOptions) => Promise<Parsed>
  readonly cache: ReleaseCache
  readonly signal: AbortSignal
}

/** Remembers compiled files by blob and options. */
export interface ReleaseCache {
  get(key: string): CompiledFile | undefined
  set(key: string, value: CompiledFile): void
}

export interface CompiledFile extends Release {
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * The release of one destination: every file that lands there, compiled and put together.
 * @throws VarTrackError `format.*`, `root_key.*`, `env.missing`, `flatten.collision`, `claim.conflict`, `limit.*`, `git.*`
 */
export async function compileDestination(context: CompileContext, destination: Destination): Promise<CompiledFile> {
  const present = destination.files.filter((file): file is RuleFile & { blob: string } => file.blob !== undefined)
  const compiled = await Promise.all(present.map((file) => compileFile(context, destination, file)))
  const [only] = compiled
  const diagnostics = compiled.flatMap((file) => file.diagnostics)
  if (only && compiled.length === 1) return only
  return { ...(await context.core.merge(compiled.map((file) => file.frame))), diagnostics }
}

async function compileFile(context: CompileContext, destination: Destination, file: RuleFile & { blob: string }): Promise<CompiledFile> {
  const options = compileOptions(file.rule, file.path, destination.environment, destination.names, context.bundle.limits)
  const key = JSON.stringify([file.blob, file.rule.format, options])
  const known = context.cache.get(key)
  if (known) return known
  const limits = context.bundle.limits
  const bytes = await context.repository.blob(file.blob, limits.maxFileBytes, context.signal)
  const parsed = await context.parse(bytes, file.path, {
    ...(file.rule.format === undefined ? {} : { format: file.rule.format }),
    limits,
    signal: context.signal,
  })
  const compiled = await context.core.compile(parsed.bytes, parsed.coreFormat, {
    ...options,
    rootKeyAnyDepth: parsed.rootKeyAnyDepth,
    derived: parsed.derived,
  })
  context.cache.set(key, compiled)
  return compiled
}

/** Options of the core for one file of a rule; the same for a push and for `vt compile`. */
export function compileOptions(
  rule: Pick<Rule, 'environments' | 'branchMap' | 'filePathMap' | 'rootKey' | 'rootKeyOptional' | 'variablesMap' | 'arrays'>,
  file: string,
  environment: string,
  names: Names,
  limits: CompileOptions['limits'],
): CompileOptions {
  const known = rule.environments.length > 0 ? rule.environments : [...Object.values(rule.branchMap), ...Object.values(rule.filePathMap)]
  const variables = Object.entries(rule.variablesMap).map(([key, value]) => [key, fillPlain(value, names)] as const)
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
