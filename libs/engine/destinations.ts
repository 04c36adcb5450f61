import { type Bundle, type Datasource, matchesAny, matchesGlob, type Rule } from '@vartrack/bundle'
import { VarTrackError, withPlace } from '@vartrack/errors'
import type { TreeEntry } from '@vartrack/git'
import type { Names, Sink } from '@vartrack/sink-kit'
import picomatch from 'picomatch'
import { branchName, type RefEvent, resolveEnvironment } from './environment.js'

/** One file of one rule on its way to a destination. */
export interface RuleFile {
  readonly rule: Rule
  readonly path: string
  /** `undefined`: the commit removed it; it leaves the release. */
  readonly blob: string | undefined
}

/** All files of a repository that land in one place: one source at one destination. */
export interface Destination {
  readonly datasource: string
  readonly type: string
  readonly location: string
  readonly environment: string
  /** Show what would change, write nothing. */
  readonly planOnly: boolean
  readonly names: Names
  readonly files: readonly RuleFile[]
}

/** What destinations are resolved from. */
export interface ResolveInput {
  readonly bundle: Bundle
  readonly sinks: ReadonlyMap<string, Sink>
  readonly rules: readonly Rule[]
  readonly repo: string
  readonly event: RefEvent
  readonly tree: readonly TreeEntry[]
  /** Paths the commits removed. */
  readonly removed: readonly string[]
}

/**
 * Where the files of a repository go: every rule, file and datasource, gathered by place.
 * @throws VarTrackError `destination.two_environments`, `git.symlink`, `git.submodule`, `template.*`
 */
export function resolveDestinations(input: ResolveInput): Destination[] {
  const found = new Map<string, Destination>()
  for (const rule of input.rules) {
    for (const file of filesOf(rule, input)) {
      for (const datasource of rule.datasources) gather(found, destinationOf(input, file, datasource))
    }
  }
  return [...found.values()]
}

/** Is the path one that the rule reads? */
function ruleReads(rule: Rule, path: string): boolean {
  return rule.fileName === undefined ? matchesAny(Object.keys(rule.filePathMap), path) : matchesGlob(rule.fileName, path)
}

/** The literal files and folders that the globs of rules begin with; none when a glob may match anywhere. */
export function literalPrefixes(rules: readonly Rule[]): string[] {
  const globs = rules.flatMap((rule) => (rule.fileName === undefined ? Object.keys(rule.filePathMap) : [rule.fileName]))
  const prefixes = [...new Set(globs.map((glob) => picomatch.scan(glob).base))]
  return prefixes.includes('') || prefixes.includes('.') ? [] : prefixes
}

function filesOf(rule: Rule, input: ResolveInput): RuleFile[] {
  const present = input.tree
    .filter((entry) => ruleReads(rule, entry.path))
    .map((entry) => ({ rule, path: entry.path, blob: regularFile(entry, rule) }))
  const removed = input.removed.filter((path) => ruleReads(rule, path)).map((path) => ({ rule, path, blob: undefined }))
  return [...present, ...removed]
}

function regularFile(entry: TreeEntry, rule: Rule): string {
  if (entry.kind === 'file') return entry.blob
  throw new VarTrackError({
    code: `git.${entry.kind}`,
    message: `${entry.path} is a ${entry.kind}; varTrack reads regular files only.`,
    remedy: 'Commit the content itself, or narrow the rule so that it does not match.',
    place: { file: entry.path, rule: rule.name },
  })
}

function destinationOf(input: ResolveInput, file: RuleFile, datasourceName: string): Destination | null {
  const environment = resolveEnvironment(file.rule, { ...input.event, file: file.path })
  if (!environment) return null
  const datasource = input.bundle.datasources.find((candidate) => candidate.name === datasourceName) as Datasource
  const sink = input.sinks.get(datasource.type) as Sink
  const names = namesOf(input, file.rule, environment.name)
  const template = file.rule.destinationTemplate ?? sink.defaultTemplate(datasource.options)
  return {
    datasource: datasource.name,
    type: datasource.type,
    location: locationOf(sink, template, names, file.rule, datasource.name),
    environment: environment.name,
    planOnly: environment.planOnly,
    names,
    files: [file],
  }
}

/** @throws VarTrackError `template.*`, which knows neither rule nor datasource by itself */
function locationOf(sink: Sink, template: string, names: Names, rule: Rule, datasource: string): string {
  try {
    return sink.location(template, names)
  } catch (error) {
    throw withPlace(error, { rule: rule.name, datasource })
  }
}

/** Whose a rule is for a repository: the rule's own tenant, the bundle's, or the repository's owner. */
export function tenantOf(rule: Rule, bundle: Bundle, repo: string): string {
  return rule.tenant ?? bundle.tenant ?? repo.slice(0, Math.max(0, repo.lastIndexOf('/')))
}

function namesOf(input: ResolveInput, rule: Rule, env: string): Names {
  const repo = input.repo.slice(input.repo.lastIndexOf('/') + 1)
  const tenant = tenantOf(rule, input.bundle, input.repo)
  const { event } = input
  if (event.kind === 'pull_request') return { env, tenant, repo, branch: event.head, pr: String(event.number) }
  if (event.ref.startsWith('refs/tags/')) return { env, tenant, repo, tag: event.ref.slice('refs/tags/'.length) }
  return { env, tenant, repo, branch: branchName(event.ref) }
}

function gather(found: Map<string, Destination>, next: Destination | null): void {
  if (!next) return
  const key = JSON.stringify([next.datasource, next.location])
  const known = found.get(key)
  if (known && known.environment !== next.environment) throw twoEnvironments(known, next)
  found.set(key, known ? { ...known, planOnly: known.planOnly || next.planOnly, files: [...known.files, ...next.files] } : next)
}

function twoEnvironments(known: Destination, next: Destination): VarTrackError {
  const [first, second] = [known, next].map((one) => `${one.files[0]?.path} (${one.environment})`)
  return new VarTrackError({
    code: 'destination.two_environments',
    message: `${first} and ${second} both land in ${known.datasource} ${known.location}.`,
    remedy: 'Put {env} into destination_template, or narrow one of the rules.',
    place: { datasource: known.datasource, destination: known.location },
  })
}
