import type { Rule } from '@vartrack/bundle'
import { LIMIT_DEFAULTS, SETTING_DEFAULTS } from '@vartrack/bundle/setting-defaults'
import { type CompileResult, loadCore } from '@vartrack/core'
import { type Compiler, compileBytes } from '@vartrack/engine/compile-bytes'
import { type CompileSettings, compileOptions } from '@vartrack/engine/compile-options'
import { createParserPool } from '@vartrack/formats/parser-pool'
import { readInput } from './read-input.js'
import type { FileFlags } from './vt.js'

/** What a command makes releases with; closing it ends its threads. */
export interface Workshop extends AsyncDisposable {
  /**
   * What varTrack makes of a file.
   * @throws VarTrackError `cli.unreadable`, `format.*`, `root_key.*`, `env.missing`, `flatten.collision`, `limit.*`, `template.*`
   */
  compile(file: string): Promise<CompileResult>
}

/**
 * Gets ready to compile files as the flags say.
 * @param sources takes the bytes of every file that is read, by its path: for excerpts in errors
 * @throws VarTrackError `rule.*`, `cli.unreadable`
 */
export async function openWorkshop(flags: FileFlags, sources: Map<string, Buffer>): Promise<Workshop> {
  const read = async (path: string) => {
    const bytes = await readInput(path, LIMIT_DEFAULTS.maxFileBytes)
    sources.set(path, bytes)
    return bytes
  }
  const rule = flags.rule === undefined ? undefined : await readRule(flags.rule, read)
  const settings: CompileSettings = { ...(rule ?? SETTING_DEFAULTS), ...(flags.format === undefined ? {} : { format: flags.format }) }
  const parser = createParserPool({ workers: 1 })
  const compiler: Compiler = { core: loadCore(), parser }
  const names = namesOf(flags, rule)
  return {
    compile: async (file) => {
      const bytes = await read(file)
      return compileBytes(compiler, bytes, settings, compileOptions(settings, file, flags.env, names, LIMIT_DEFAULTS))
    },
    [Symbol.asyncDispose]: () => parser[Symbol.asyncDispose](),
  }
}

async function readRule(path: string, read: (path: string) => Promise<Buffer>): Promise<Rule> {
  const bytes = await read(path)
  const { parseRuleFile } = await import('@vartrack/bundle/rule-file')
  return parseRuleFile(bytes.toString('utf8'), path)
}

function namesOf(flags: FileFlags, rule: Rule | undefined) {
  const { env, repo, branch } = flags
  const tenant = flags.tenant ?? rule?.tenant
  return { env, ...(tenant ? { tenant } : {}), ...(repo ? { repo } : {}), ...(branch ? { branch } : {}) }
}
