import { VarTrackError } from '@vartrack/errors'
import { type Names, readPlaceholders } from '@vartrack/sink-kit'
import type { Rule, RuleOverrides } from '../contract.js'
import { fieldName, type Path } from '../problems.js'
import { isMap } from '../sections/blocks.js'
import type { KnownDatasource } from '../sections/datasources.js'
import type { ReadRule } from '../sections/rules.js'
import { leavesBasePath } from './base-path.js'
import type { CheckContext } from './context.js'

/** Harmless names, to see what a template makes of them. */
const SAMPLE: Required<Names> = { env: 'env', tenant: 'tenant', repo: 'repo', branch: 'branch', tag: 'tag', pr: '1' }

/** Is each template of the rule (its own, or its datasources' default) one that every event it matches can fill? */
export function checkTemplates(read: ReadRule, context: CheckContext): void {
  const { rule, path, written } = read
  if (written.has('destination_template')) {
    if (rule.destinationTemplate !== undefined) checkOwnTemplate(read, rule.destinationTemplate, [...path, 'destination_template'], context)
    return
  }
  const at = [...path, written.has('datasources') ? 'datasources' : 'datasource']
  for (const known of knownDatasources(rule, context)) {
    const template = known.sink.defaultTemplate(known.datasource.options)
    const resolved = !isWritten(known) || checkPlaceholders(read, template, at, context)
    if (resolved) checkLocation(known, template, at, context)
  }
}

/** The options that a default template is made from. */
const TEMPLATE_OPTIONS = ['collection', 'env_as_collection', 'key_prefix', 'base_path', 'env_as_namespace', 'namespace']

/** Did the operator write the datasource's template? In one that nobody wrote, `{env}` may well become `default`. */
function isWritten({ datasource }: KnownDatasource): boolean {
  const { printable } = datasource
  return isMap(printable) && TEMPLATE_OPTIONS.some((name) => printable[name] !== undefined)
}

/** The template that decides where a rule lands in a datasource. */
export function templateFor(rule: Rule, known: KnownDatasource): string {
  return rule.destinationTemplate ?? known.sink.defaultTemplate(known.datasource.options)
}

/** The datasources of a rule that exist and were read without faults, each once. */
export function knownDatasources(rule: Rule, context: CheckContext): KnownDatasource[] {
  return [...new Set(rule.datasources)].flatMap((name) => context.datasources.get(name) ?? [])
}

function checkOwnTemplate(read: ReadRule, template: string, path: Path, context: CheckContext): void {
  const known = knownDatasources(read.rule, context)
  const left = known.find((one) => leavesBasePath(template, one))
  if (left) return reportLeaving(template, left, path, context)
  if (checkPlaceholders(read, template, path, context)) known.every((one) => checkLocation(one, template, path, context))
}

function reportLeaving(template: string, { datasource }: KnownDatasource, path: Path, context: CheckContext): void {
  const message = `${fieldName(path)} leads out of the base_path of ${datasource.name}: ${JSON.stringify(template)}.`
  context.report({ code: 'bundle.template_leaves_base_path', message, remedy: 'Write a path below base_path, without "..".', path })
}

function checkPlaceholders(read: ReadRule, template: string, path: Path, context: CheckContext): boolean {
  const { known, faults } = readPlaceholders(template)
  const unresolved = known.filter((name) => !canResolve(name, read))
  for (const fault of faults) reportRefusal(fault, path, context)
  for (const name of unresolved) context.report(unresolvable(name, path))
  return faults.length + unresolved.length === 0
}

function checkLocation(known: KnownDatasource, template: string, path: Path, context: CheckContext): boolean {
  try {
    known.sink.location(template, SAMPLE)
    return true
  } catch (error) {
    reportRefusal(error, path, context)
    return false
  }
}

function reportRefusal(error: unknown, path: Path, context: CheckContext): void {
  if (!(error instanceof VarTrackError)) throw error
  context.report({ code: error.code, message: `${fieldName(path)}: ${error.message}`, remedy: error.remedy ?? 'Correct the template.', path })
}

/** The fields that may give a placeholder its value. One that was refused is mended first. */
function waysTo(name: keyof Names): readonly string[] {
  const ways: Readonly<Partial<Record<keyof Names, readonly string[]>>> = {
    env: ['branch_map', 'file_path_map', 'env_as_branch', 'env_as_pr', 'env_as_tags', 'repository_overrides'],
    tag: ['env_as_tags', 'repository_overrides'],
    pr: ['env_as_pr', 'repository_overrides'],
  }
  return ways[name] ?? []
}

/** A tag and a pull request have an environment only where the rule gives them one. */
function canResolve(name: keyof Names, { rule, refused }: ReadRule): boolean {
  if (waysTo(name).some((field) => refused.has(field))) return true
  const variants: readonly RuleOverrides[] = [rule, ...Object.values(rule.repositoryOverrides)]
  if (name === 'env') return variants.some(givesEnvironment)
  if (name === 'tag') return variants.some((variant) => variant.envAsTags)
  if (name === 'pr') return variants.some((variant) => variant.envAsPr)
  return true
}

function givesEnvironment(rule: RuleOverrides): boolean {
  const maps = [rule.branchMap, rule.filePathMap].some((map) => Object.keys(map ?? {}).length > 0)
  return maps || rule.envAsBranch === true || rule.envAsPr === true || rule.envAsTags === true
}

function unresolvable(name: string, path: Path): { code: string; message: string; remedy: string; path: Path } {
  const ways: Readonly<Record<string, string>> = {
    env: 'Give the rule branch_map, file_path_map, env_as_branch, env_as_pr or env_as_tags, or take {env} out.',
    tag: 'Set env_as_tags, or take {tag} out.',
    pr: 'Set env_as_pr, or take {pr} out.',
  }
  const message = `${fieldName(path)} leads to {${name}}, and the rule has no way to resolve it.`
  return { code: `bundle.template_${name}_unresolvable`, message, remedy: ways[name] ?? '', path }
}
