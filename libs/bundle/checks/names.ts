import { suggestName } from '../nearest-name.js'
import { fieldName, type Path } from '../problems.js'
import { SETTING_NAMES } from '../rule-settings.js'
import type { ReadRule } from '../sections/rules.js'
import type { CheckContext } from './context.js'

/** Does everything that the rule names exist, and is everything there that it needs? */
export function checkNames(read: ReadRule, context: CheckContext): void {
  checkPlatform(read, context)
  checkDatasources(read, context)
  checkOverridable(read, context)
}

function checkPlatform({ rule, path, written }: ReadRule, context: CheckContext): void {
  if (!written.has('platform')) return missing([...path, 'platform'], 'Name one of the platforms.', context)
  if (rule.platform === '' || context.platforms.has(rule.platform)) return
  unknown('bundle.unknown_platform', 'platform', rule.platform, [...path, 'platform'], context.platforms, context)
}

function checkDatasources({ rule, path, written }: ReadRule, context: CheckContext): void {
  const [single, several] = [written.has('datasource'), written.has('datasources')]
  if (!single && !several) return missing([...path, 'datasource'], 'Name one of the datasources, or several in datasources.', context)
  const field = several ? 'datasources' : 'datasource'
  const at = [...path, field]
  if (single && several) conflict(at, 'stands beside datasource.', 'Keep one of the two.', context)
  if (several && rule.datasources.length === 0) conflict(at, 'names none.', 'Name at least one datasource.', context)
  for (const [index, name] of rule.datasources.entries()) {
    const place = several ? [...at, index] : at
    if (!context.datasources.has(name)) unknown('bundle.unknown_datasource', 'datasource', name, place, context.datasources, context)
    if (rule.datasources.indexOf(name) < index) {
      context.report({
        code: 'bundle.duplicate_name',
        message: `${fieldName(place)} names "${name}" again.`,
        remedy: 'Name each datasource once.',
        path: place,
      })
    }
  }
}

function checkOverridable({ rule, path }: ReadRule, context: CheckContext): void {
  for (const [index, name] of rule.overridable.entries()) {
    if (SETTING_NAMES.includes(name)) continue
    const at = [...path, 'overridable', index]
    const message = `${fieldName(at)}: "${name}" is no setting that a repository may override.`
    context.report({ code: 'bundle.unknown_setting', message, remedy: suggestName(name, SETTING_NAMES), path: at })
  }
}

function missing(path: Path, remedy: string, context: CheckContext): void {
  context.report({ code: 'bundle.missing_field', message: `${fieldName(path)} is missing.`, remedy, path })
}

function conflict(path: Path, what: string, remedy: string, context: CheckContext): void {
  context.report({ code: 'bundle.conflicting_fields', message: `${fieldName(path)} ${what}`, remedy, path })
}

function unknown(code: string, kind: string, name: string, path: Path, known: ReadonlyMap<string, unknown>, context: CheckContext): void {
  const remedy = known.size === 0 ? `The bundle has no ${kind} that could be named.` : suggestName(name, [...known.keys()])
  context.report({ code, message: `${fieldName(path)}: there is no ${kind} "${name}".`, remedy, path })
}
