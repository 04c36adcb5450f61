import type { CompileOptions, CompileResult } from '@vartrack/core'
import { type Compiler, compileBytes } from '@vartrack/engine/compile-bytes'
import { records } from '@vartrack/sink-kit/frames'

/** No key of a file. */
const NO_ENVIRONMENT = '\0'

/**
 * The maps at the top of a file that became values beside the section of an environment: where no environments are named, the sections of others cannot be told
 * from data. Nothing where the file has no section for the environment.
 * @param release of the file, for the environment of the options
 */
export async function unnamedSections(
  compiler: Compiler,
  bytes: Buffer,
  rule: Parameters<typeof compileBytes>[2],
  options: CompileOptions,
  release: CompileResult,
): Promise<readonly string[]> {
  const taken = keysOf(release)
  if (![...taken].some(isBelow)) return []
  const whole = await compileBytes(compiler, bytes, rule, { ...options, environment: NO_ENVIRONMENT }).catch(() => undefined)
  const left = whole === undefined ? new Set<string>() : keysOf(whole)
  const section = `${options.environment}.`
  if (![...left].some((key) => key.startsWith(section) && !taken.has(key))) return []
  return [...new Set([...taken].filter((key) => isBelow(key) && left.has(key)).map((key) => key.slice(0, key.indexOf('.'))))]
}

function keysOf({ frame }: CompileResult): Set<string> {
  return new Set(Array.from(records(frame), ({ key }) => key.toString()))
}

function isBelow(key: string): boolean {
  return key.includes('.')
}
