import type { Bundle } from '@vartrack/bundle'
import type { Core, Diagnostic, Release } from '@vartrack/core'
import type { Repository } from '@vartrack/git'
import { type Compiler, compileBytes } from './compile-bytes.js'
import { compileOptions } from './compile-options.js'
import type { Destination, RuleFile } from './destinations.js'

/** What compiling works with. */
export interface CompileContext {
  readonly core: Core
  readonly bundle: Bundle
  readonly repository: Pick<Repository, 'blob'>
  readonly parser: Compiler['parser']
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
  const { bundle, cache, repository, signal } = context
  const options = compileOptions(file.rule, file.path, destination.environment, destination.names, bundle.limits)
  const key = JSON.stringify([file.blob, file.rule.format, options])
  const known = cache.get(key)
  if (known) return known
  const bytes = await repository.blob(file.blob, bundle.limits.maxFileBytes, signal)
  const compiled = await compileBytes(context, bytes, file.rule, options, signal)
  cache.set(key, compiled)
  return compiled
}
