import { z } from 'zod'
import type { Rule, RuleOverrides } from '../contract.js'
import { parseTolerantly } from '../parse-tolerantly.js'
import { fieldName, type Path, type Report } from '../problems.js'
import { completeSettings, DEFAULT_OVERRIDABLE, givenSettings, settingsShape } from '../rule-settings.js'
import { Glob, Line, TimeSpan } from '../scalars.js'

const Overrides = z.strictObject({ ...settingsShape, enabled: z.boolean().optional() })

const RuleFields = z.strictObject({
  ...settingsShape,
  name: Line.optional(),
  enabled: z.boolean().default(true),
  platform: Line.optional(),
  datasource: Line.optional(),
  datasources: z.array(Line).optional(),
  tenant: Line.optional(),
  repositories: z.array(Glob).default(['**']),
  exclude_repositories: z.array(Glob).default([]),
  repository_overrides: z.record(Glob, Overrides).default({}),
  destination_template: z.string().optional(),
  overridable: z.array(Line).default([...DEFAULT_OVERRIDABLE]),
  self_heal: z.boolean().default(false),
  poll_interval: TimeSpan.optional(),
  on_failure: z.enum(['rollback', 'keep']).default('rollback'),
  on_branch_delete: z.enum(['keep', 'prune']).default('keep'),
  schema: Line.optional(),
})
type RuleFields = z.infer<typeof RuleFields>

/** A rule on its way into the bundle: what was right of it, and where it was written. */
export interface ReadRule {
  readonly rule: Rule
  readonly path: Path
  /** The fields that were written, right or wrong: a check of a field that was refused already says nothing more. */
  readonly written: ReadonlySet<string>
  /** The fields that were refused: what they would have said is not known. */
  readonly refused: ReadonlySet<string>
}

/** The rules of the bundle; each problem within one is reported, and the rest of it is read all the same. */
export function readRules(raw: readonly unknown[], path: Path, report: Report): ReadRule[] {
  const taken = new Set<string>()
  return raw.flatMap((one, index) => {
    const at = [...path, index]
    const refused = new Set<string>()
    const rule = readRule(one, at, taken, (problem) => {
      refused.add(String(problem.path[at.length]))
      report(problem)
    })
    if (!rule) return []
    taken.add(rule.name)
    return [{ rule, path: at, written: new Set(Object.keys(one as object)), refused }]
  })
}

/**
 * Reads one rule.
 * @param taken names that are given to others
 * @returns `undefined` when it cannot be read at all; after a report it is not to be used
 */
export function readRule(raw: unknown, path: Path, taken: ReadonlySet<string>, report: Report): Rule | undefined {
  const fields = parseTolerantly(RuleFields, raw, path, report)
  return fields && ruleOf(fields, taken)
}

function ruleOf(fields: RuleFields, taken: ReadonlySet<string>): Rule {
  const datasources = fields.datasources ?? (fields.datasource === undefined ? [] : [fields.datasource])
  const settings = completeSettings(fields)
  return {
    ...settings,
    name: fields.name ?? freeName(`${datasources[0] ?? 'none'}/${settings.fileName ?? Object.keys(settings.filePathMap)[0] ?? 'none'}`, taken),
    enabled: fields.enabled,
    platform: fields.platform ?? '',
    datasources,
    tenant: fields.tenant,
    repositories: fields.repositories,
    excludeRepositories: fields.exclude_repositories,
    repositoryOverrides: Object.fromEntries(Object.entries(fields.repository_overrides).map(([glob, override]) => [glob, overridesOf(override)])),
    destinationTemplate: fields.destination_template,
    overridable: fields.overridable,
    selfHeal: fields.self_heal,
    pollIntervalMs: fields.poll_interval,
    onFailure: fields.on_failure,
    onBranchDelete: fields.on_branch_delete,
    schema: fields.schema,
  }
}

function overridesOf(fields: z.infer<typeof Overrides>): RuleOverrides {
  return { ...givenSettings(fields), ...(fields.enabled === undefined ? {} : { enabled: fields.enabled }) }
}

/** Rules without a name may feed one datasource from one file name in different repositories. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name
  for (let count = 2; taken.has(free); count++) free = `${name} (${count})`
  return free
}

/** Reports rules that bear the same given name. */
export function reportRuleNames(rules: readonly ReadRule[], report: Report): void {
  const seen = new Set<string>()
  for (const { rule, path, written } of rules) {
    if (written.has('name') && seen.has(rule.name)) {
      const at = [...path, 'name']
      report({
        code: 'bundle.duplicate_name',
        message: `${fieldName(at)}: the name "${rule.name}" is taken.`,
        remedy: 'Give each rule its own name.',
        path: at,
      })
    }
    seen.add(rule.name)
  }
}
