import type { Rule } from '@vartrack/bundle'
import { LIMIT_DEFAULTS, SETTING_DEFAULTS } from '@vartrack/bundle/setting-defaults'
import { type CompileResult, type Diagnostic, loadCore } from '@vartrack/core'
import type { CompiledFile } from '@vartrack/engine'
import { compileBytes } from '@vartrack/engine/compile-bytes'
import { compileOptions } from '@vartrack/engine/compile-options'
import { createParserPool } from '@vartrack/formats/parser-pool'
import type { LocateEntries } from '@vartrack/schemas'
import type { Source } from './excerpt.js'
import type { Passed } from './print-warnings.js'
import { readInput } from './read-input.js'
import type { Checked, openSchemaCheck, ReadSource, SchemaCheck } from './schema-check.js'
import { unnamedSections } from './unnamed-sections.js'
import type { FileFlags } from './vt.js'

/** What became of one file. */
export interface Made extends CompiledFile {
  /** Path of the schema that governs the file, if one was asked for and found. */
  readonly schema: string | undefined
  /** Maps at the top of the file that may be sections of other environments; not looked for where a rule was given, or with `--json`. */
  readonly unnamed: readonly string[]
}

/** What a command makes releases with; closing it ends its threads. */
export interface Workshop extends AsyncDisposable {
  /**
   * What varTrack makes of a file.
   * @throws VarTrackError `cli.unreadable`, `format.*`, `root_key.*`, `env.*`, `flatten.collision`, `limit.*`, `template.*`, `schema.*`, `cue.*`
   */
  make(file: string): Promise<Made>
}

/**
 * Gets ready to compile files as the flags say.
 * @param sources takes every file that is read, by its path: for excerpts in errors
 * @param warn told what compiling let pass of a file that its schema then refuses: the one may explain the other
 * @throws VarTrackError `rule.*`, `cli.unreadable`
 */
export async function openWorkshop(flags: FileFlags, sources: Map<string, Source>, warn: (file: string, passed: Passed) => void): Promise<Workshop> {
  const read: ReadSource = async (path, kind, isConfidential) => {
    const bytes = await readInput(path, kind, LIMIT_DEFAULTS.maxFileBytes)
    sources.set(path, { bytes, secrets: isConfidential(bytes) ? 'anywhere' : 'nowhere' })
    return bytes
  }
  const rule = flags.rule === undefined ? undefined : await readRule(flags.rule, read)
  const settings = { ...(rule ?? SETTING_DEFAULTS), ...(flags.format === undefined ? {} : { format: flags.format }) }
  const core = loadCore()
  const schemas = flags.schema === undefined ? undefined : await openSchemas(flags.schema, rule?.schema, core, read)
  const parser = createParserPool({ workers: 1 })
  const names = namesOf(flags, rule)
  const optionsFor = async (file: string) => {
    try {
      return compileOptions(settings, file, flags.env, names, LIMIT_DEFAULTS)
    } catch (error) {
      const bytes = sources.get(flags.rule ?? '')?.bytes
      if (flags.rule === undefined || bytes === undefined) throw error
      throw await (await import('./unresolved-constant.js')).unresolvedConstant(error, { file: flags.rule, bytes })
    }
  }
  return {
    make: async (file) => {
      const bytes = await read(file, 'file', () => schemas?.marksSecrets(file) ?? false)
      const options = await optionsFor(file)
      const release = await compileBytes({ core, parser }, bytes, settings, options)
      const unnamed = flags.rule === undefined && !flags.json ? await unnamedSections({ core, parser }, bytes, settings, options, release) : []
      if (schemas === undefined) return { ...release, schema: undefined, unnamed }
      const locate: LocateEntries = async (keys) =>
        (await import('@vartrack/engine')).locateEntries({ core, parser }, bytes, settings, options, keys, NEVER)
      const checked = await schemas.check(file, release, locate)
      if (checked.violations.length > 0 && settings.strictValidation) warn(file, { ...release, unnamed })
      return { ...(await held(release, checked, settings.strictValidation)), unnamed }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([parser[Symbol.asyncDispose](), schemas?.[Symbol.asyncDispose]()])
    },
  }
}

const NEVER = new AbortController().signal

async function openSchemas(...given: Parameters<typeof openSchemaCheck>): Promise<SchemaCheck> {
  return (await import('./schema-check.js')).openSchemaCheck(...given)
}

/** What does not meet the schema refuses the file, or warns where the rule is not strict. */
async function held(release: CompileResult, { release: marked, schema, violations }: Checked, strict: boolean): Promise<Omit<Made, 'unnamed'>> {
  if (violations.length > 0 && strict) throw (await import('./schema-check.js')).gatherViolations(violations)
  const warnings = violations.map(({ code, message, place }): Diagnostic => {
    const { field: _field, ...where } = place
    return { code, message, ...where }
  })
  return { ...marked, diagnostics: [...release.diagnostics, ...warnings], schema }
}

async function readRule(path: string, read: ReadSource): Promise<Rule> {
  // A constant may be a secret, and stand under a name that is misspelt.
  const bytes = await read(path, 'rule', () => true)
  const { parseRuleFile } = await import('@vartrack/bundle/rule-file')
  return parseRuleFile(bytes, path)
}

function namesOf(flags: FileFlags, rule: Rule | undefined) {
  const { env, repo, branch } = flags
  const tenant = flags.tenant ?? rule?.tenant
  return { env, ...(tenant ? { tenant } : {}), ...(repo ? { repo } : {}), ...(branch ? { branch } : {}) }
}
