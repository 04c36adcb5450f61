import type { Rule } from '../contract.js'
import { fieldName } from '../problems.js'
import type { ReadRule } from '../sections/rules.js'
import type { CheckContext } from './context.js'
import { knownDatasources, templateFor } from './templates.js'
import { commonOf } from './witness.js'

/** Two rules that would put the same file into the same place: whichever came last would win. */
export function checkOverlaps(rules: readonly ReadRule[], context: CheckContext): void {
  const enabled = rules.filter(({ rule }) => rule.enabled)
  for (const [index, later] of enabled.entries()) {
    const earlier = enabled.slice(0, index).find((candidate) => collide(candidate.rule, later.rule, context))
    if (!earlier) continue
    const message = `${fieldName(later.path)} ("${later.rule.name}") puts the same files into the same destination as "${earlier.rule.name}".`
    const remedy = 'Give one of them another destination_template, other files or other repositories.'
    context.report({ code: 'bundle.duplicate_destination', message, remedy, path: later.path })
  }
}

function collide(a: Rule, b: Rule, context: CheckContext): boolean {
  if (a.platform !== b.platform) return false
  const excluded = [...a.excludeRepositories, ...b.excludeRepositories]
  return (
    sharesPlace(a, b, context) && commonOf(a.repositories, b.repositories, excluded) !== undefined && commonOf(filesOf(a), filesOf(b)) !== undefined
  )
}

function sharesPlace(a: Rule, b: Rule, context: CheckContext): boolean {
  const places = new Set(knownDatasources(a, context).map((known) => placeOf(a, known)))
  return knownDatasources(b, context).some((known) => places.has(placeOf(b, known)) && !differ(a, b, templateFor(b, known)))
}

function placeOf(rule: Rule, known: Parameters<typeof templateFor>[1]): string {
  return JSON.stringify([known.datasource.name, templateFor(rule, known)])
}

/** Do the placeholders keep the two apart? */
function differ(a: Rule, b: Rule, template: string): boolean {
  const tenants = template.includes('{tenant}') && a.tenant !== undefined && b.tenant !== undefined && a.tenant !== b.tenant
  return tenants || (template.includes('{env}') && !sharesEnvironment(a, b))
}

function sharesEnvironment(a: Rule, b: Rule): boolean {
  const [ofA, ofB] = [environmentsOf(a), environmentsOf(b)]
  if (!ofA || !ofB) return true
  return ofA.size === 0 || ofB.size === 0 || [...ofA].some((environment) => ofB.has(environment))
}

/** `undefined` when a branch, tag or pull request names it. */
function environmentsOf(rule: Rule): ReadonlySet<string> | undefined {
  if (rule.envAsBranch || rule.envAsPr || rule.envAsTags) return undefined
  return new Set([...Object.values(rule.branchMap), ...Object.values(rule.filePathMap)])
}

function filesOf(rule: Rule): readonly string[] {
  return rule.fileName === undefined ? Object.keys(rule.filePathMap) : [rule.fileName]
}
