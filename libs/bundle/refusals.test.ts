import { type Cue, createCue } from '@vartrack/cuelang-wasm'
import { sinks } from '@vartrack/sinks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleWith, refusal } from '../../test/support/refused-bundle.js'
import { loadBundle } from './load-bundle.js'

let cue: Cue
beforeAll(() => {
  cue = createCue()
})
afterAll(() => cue[Symbol.asyncDispose]())

function ruleWith(fields: string): string {
  const own = (name: string): boolean => new RegExp(`(^|[ ^])${name}s?:`).test(fields)
  const needed = { platform: '"github"', datasource: '"redis"', file_name: '"app.yaml"' }
  const rest = Object.entries(needed).flatMap(([name, value]) => (own(name) ? [] : [`${name}: ${value}`]))
  return `rules: [{${[...rest, fields].join(', ')}}]`
}

/** What a marked bundle is refused with, and where the mark stands. */
async function refusalOf(marked: string): Promise<{ problems: unknown[]; mark: { file: string; line: number; column: number } }> {
  const before = marked.slice(0, marked.indexOf('^')).split('\n')
  const error = await refusal(marked.replace('^', ''), cue)
  const problems = error.others.map(({ code, place, remedy }) => ({ code, place, remedy }))
  expect(JSON.stringify(error.others)).not.toContain('hunter2')
  return { problems, mark: { file: 'config.cue', line: before.length, column: (before.at(-1)?.length ?? 0) + 1 } }
}

const TOKEN = `{name: "ci", sha256: "${'a'.repeat(64)}"}`

const someRemedy: unknown = expect.stringMatching(/\w/)

describe('a bundle with one fault is refused at its place', () => {
  it.each([
    ['bundle.unknown_field', 'an unknown field', '^reules: []'],
    ['bundle.wrong_type', 'a wrong type', '^tenant: 5'],
    ['bundle.bad_size', 'a size without meaning', 'limits: {^max_file_bytes: "10 apples"}'],
    ['bundle.bad_duration', 'a duration without a unit', '^poll_interval: "30"'],
    ['bundle.bad_duration', 'a duration that is a number', '^poll_interval: 30'],
    ['bundle.bad_duration', 'a duration that is a map', '^poll_interval: {}'],
    ['bundle.bad_value', 'a limit of nothing', 'limits: {^max_depth: 0}'],
    ['bundle.bad_value', 'a size without end', '^max_webhook_body_bytes: 1e400'],
    ['bundle.bad_value', 'a limit without end', 'limits: {^max_depth: 1e400}'],
    ['bundle.bad_value', 'a limit that JavaScript cannot count to', 'limits: {^max_keys: 9007199254740993}'],
    ['bundle.wrong_type', 'half a limit', 'limits: {^max_depth: 1.5}'],
    ['bundle.unknown_platform_kind', 'a platform nobody knows', 'platforms: [{^githb: {endpoint: "https://x.y", secret: "s"}}]'],
    ['bundle.bad_block', 'two kinds in one element', 'platforms: [^{github: {}, gitea: {}}]'],
    ['bundle.missing_field', 'a platform without a secret', 'platforms: [{^github: {endpoint: "https://x.y"}}]'],
    ['bundle.bad_credential', 'an empty secret', 'platforms: [{github: {endpoint: "https://x.y", ^secret: ""}}]'],
    ['bundle.bad_credential', 'a credential of no known form', 'platforms: [{github: {endpoint: "https://x.y", ^secret: {flie: "x"}}}]'],
    ['bundle.bad_url', 'credentials in an address', 'platforms: [{github: {^endpoint: "https://me:pw@x.y", secret: "s"}}]'],
    ['bundle.bad_url', 'a command for an address', 'platforms: [{github: {^endpoint: "ext::sh -c x", secret: "s"}}]'],
    ['bundle.bad_url', 'a path of the machine', 'platforms: [{github: {^endpoint: "file:///etc", secret: "s"}}]'],
    ['bundle.bad_url', 'the transport without encryption', 'platforms: [{github: {^endpoint: "git://x.y", secret: "s"}}]'],
    ['bundle.bad_url', 'an option for an address', 'platforms: [{github: {^endpoint: "--upload-pack=x", secret: "s"}}]'],
    ['bundle.bad_name', 'a tag that cannot be part of a URL', 'platforms: [{github: {^tag: "a/b", endpoint: "https://x.y", secret: "s"}}]'],
    ['bundle.duplicate_name', 'two datasources of one name', 'datasources: [{redis: {}}, {^redis: {}}]'],
    ['bundle.unknown_datasource_type', 'a store nobody knows', 'datasources: [{^reddis: {}}]'],
    ['bundle.unknown_datasource', 'a role of an unknown datasource', '^watcher_state_datasource: "redis-b"'],
    ['bundle.unknown_datasource', 'a role among the tags', 'global_tags: {^celery_broker_datasource: "redis-b"}'],
    ['bundle.missing_field', 'an option the sink needs', 'datasources: [{^zookeeper: {}}]'],
    ['bundle.unknown_field', 'an option the sink does not know', 'datasources: [{redis: {^hots: "x"}}]'],
    ['bundle.unknown_platform', 'a registry of an unknown platform', 'schema_registry: {^platform: "gitub", repo: "my-org/schemas"}'],
    ['bundle.missing_field', 'a registry of no platform', '^schema_registry: {repo: "my-org/schemas"}'],
    ['bundle.bad_url', 'a registry with a password', 'schema_registry: {^repo: "https://user:hunter2@h/x.git"}'],
    ['bundle.bad_url', 'a registry with a token', 'schema_registry: {^repo: "https://hunter2@h/x.git"}'],
    ['bundle.bad_url', 'a registry with a password for ssh', 'schema_registry: {^repo: "ssh://git:hunter2@h/x.git"}'],
    ['bundle.bad_url', 'a registry with a token behind it', 'schema_registry: {^repo: "https://h/x.git?access_token=hunter2"}'],
    ['bundle.bad_url', 'a registry with a password and no scheme', 'schema_registry: {platform: "github", ^repo: "user:hunter2@h/x.git"}'],
    ['bundle.bad_url', "a tenant's registry with a token", 'tenants: [{id: "a", schema_registry: {^repo: "https://hunter2@h/x.git"}}]'],
    ['bundle.bad_value', 'a registry that leads out of its repository', 'schema_registry: {repo: "/etc/schemas", ^path: "../x"}'],
    ['bundle.unknown_platform', "a tenant's registry of an unknown platform", 'tenants: [{id: "a", schema_registry: {^platform: "x", repo: "a/b"}}]'],
    ['bundle.duplicate_name', 'a tenant that is there twice', 'tenants: [{id: "a"}, ^{id: "a"}]'],
    ['bundle.wrong_type', 'tenants that are no list', '^tenants: {}'],
    ['bundle.bad_value', 'a hash that is none', 'auth: {tokens: [{name: "ci", ^sha256: "abc"}]}'],
    ['bundle.duplicate_name', 'a token that is there twice', `auth: {tokens: [${TOKEN}, ^${TOKEN}]}`],
    ['bundle.missing_field', 'access for nobody', '^auth: {}'],
    ['bundle.bad_value', 'a list of no tokens', 'auth: {^tokens: []}'],
  ])('%s: %s', async (code, _what, part) => {
    const { problems, mark } = await refusalOf(bundleWith(part))
    expect(problems).toEqual([{ code, place: mark, remedy: someRemedy }])
  })

  it.each([
    ['bundle.missing_field', 'no platform', 'rules: [^{datasource: "redis", file_name: "a"}]'],
    ['bundle.missing_field', 'no datasource', 'rules: [^{platform: "github", file_name: "a"}]'],
    ['bundle.missing_field', 'no file', 'rules: [^{platform: "github", datasource: "redis"}]'],
    ['bundle.conflicting_fields', 'datasource and datasources', ruleWith('datasource: "redis", ^datasources: ["redis"]')],
    ['bundle.unknown_platform', 'an unknown platform', ruleWith('^platform: "gitub"')],
    ['bundle.unknown_datasource', 'an unknown datasource', ruleWith('datasources: ["redis", ^"redis-b"]')],
    ['bundle.duplicate_name', 'a datasource named twice', ruleWith('datasources: ["redis", ^"redis"]')],
    [
      'bundle.duplicate_name',
      'two rules of one name',
      'rules: [{name: "a", platform: "github", datasource: "redis", file_name: "a"}, {^name: "a", platform: "github", datasource: "redis", file_name: "b"}]',
    ],
    ['bundle.bad_name', '__proto__ in branch_map', ruleWith('branch_map: {^"__proto__": "production"}')],
    ['bundle.bad_name', '__proto__ in file_path_map', ruleWith('file_path_map: {^"__proto__": "production"}')],
    ['bundle.bad_name', '__proto__ in variables_map', ruleWith('variables_map: {^"__proto__": "x"}')],
    ['bundle.bad_name', '__proto__ in repository_overrides', ruleWith('repository_overrides: {^"__proto__": {enabled: false}}')],
    ['bundle.bad_name', '__proto__ in a map of repository_overrides', ruleWith('repository_overrides: {"a/b": branch_map: {^"__proto__": "x"}}')],
    ['bundle.bad_name', '__proto__ in global_tags', 'global_tags: {^"__proto__": "x"}'],
    ['bundle.bad_glob', 'a glob that does not close', ruleWith('^file_name: "a[b"')],
    ['bundle.bad_glob', 'a glob that is too long', ruleWith(`repositories: ["my-org/*", ^"${'a/'.repeat(600)}"]`)],
    ['bundle.bad_glob', 'a bad glob in prune_protection', ruleWith('prune_protection: [^""]')],
    ['bundle.bad_path_map', 'a path map in both directions', ruleWith('^file_path_map: {"a/**": "production", staging: "b/**"}')],
    ['bundle.bad_value', 'an unknown sync mode', ruleWith('^sync_mode: "FAST"')],
    ['bundle.unknown_field', 'an unknown part of prune', ruleWith('prune: {^scop: "all"}')],
    ['bundle.unknown_field', 'an unknown override', ruleWith('repository_overrides: {"my-org/x": {^self_heal: true}}')],
    ['bundle.unknown_setting', 'an unknown name in overridable', ruleWith('overridable: ["branch_map", ^"datasource"]')],
    ['bundle.template_env_unresolvable', '{env} without a way to it', ruleWith('^destination_template: "{env}-config"')],
    [
      'bundle.bad_path_map',
      'a path map that was to give {env}',
      ruleWith('destination_template: "{env}", ^file_path_map: {"a/**": "p", staging: "b/**"}'),
    ],
    ['bundle.bad_value', 'a branch map that was to give {env}', ruleWith('destination_template: "{env}", branch_map: {^main: ""}')],
    ['bundle.wrong_type', 'a switch that was to give {tag}', ruleWith('destination_template: "{tag}", ^env_as_tags: "yes"')],
    [
      'bundle.wrong_type',
      'overrides that were to give {pr}',
      ruleWith('destination_template: "{pr}", repository_overrides: {"my-org/a": {^env_as_pr: 1}}'),
    ],
    ['bundle.template_tag_unresolvable', '{tag} without env_as_tags', ruleWith('^destination_template: "{tag}"')],
    ['bundle.template_pr_unresolvable', '{pr} without env_as_pr', ruleWith('^destination_template: "{pr}"')],
    ['template.unknown_placeholder', 'an unknown placeholder', ruleWith('^destination_template: "{region}"')],
    ['template.unknown_placeholder', 'an expression', ruleWith('^destination_template: "{env.__class__}"')],
    ['bundle.template_leaves_base_path', 'a template that climbs', ruleWith('^destination_template: "../../{repo}"')],
    ['template.unsafe', 'a template the store does not take', ruleWith('datasource: "zookeeper", ^destination_template: "no-path"')],
    ['bundle.rule_never_matches', 'no repository', ruleWith('^repositories: []')],
    ['bundle.rule_never_matches', 'only excluded repositories', ruleWith('^repositories: ["my-org/a"], exclude_repositories: ["my-org/*"]')],
    ['bundle.rule_never_matches', 'a repository of another organisation', ruleWith('^repositories: ["other/a"]')],
    ['bundle.rule_never_matches', 'a repository without an owner', ruleWith('^repositories: ["app"]')],
    ['bundle.rule_never_matches', 'a file outside of the repository', ruleWith('^file_name: "/etc/app.yaml"')],
  ])('%s: a rule with %s', async (code, _what, part) => {
    const { problems, mark } = await refusalOf(bundleWith(part))
    expect(problems).toEqual([{ code, place: mark, remedy: someRemedy }])
  })

  it('bundle.duplicate_destination: two rules that put one file into one place', async () => {
    const first = '{platform: "github", datasource: "redis", file_name: "configs/*.yaml", repositories: ["my-org/*"]}'
    const second = '^{platform: "github", datasource: "redis", file_name: "configs/app.yaml", repositories: ["my-org/a"]}'
    const { problems, mark } = await refusalOf(bundleWith(`rules: [${first}, ${second}]`))
    expect(problems).toEqual([{ code: 'bundle.duplicate_destination', place: mark, remedy: someRemedy }])
  })
})

describe('a template with several faults', () => {
  it('has each of them told', async () => {
    const { others } = await refusal(bundleWith(ruleWith('destination_template: "{region}-{env}-{zone}"')), cue)
    expect(others.map(({ code }) => code)).toEqual([
      'template.unknown_placeholder',
      'template.unknown_placeholder',
      'bundle.template_env_unresolvable',
    ])
  })
})

describe('{env} in the template of a datasource', () => {
  it.each([
    ['redis', '{key_prefix: "app:{env}"}'],
    ['zookeeper', '{hosts: ["localhost:2181"], base_path: "/app/{env}"}'],
    ['mongo', '{endpoint: "mongodb://db", database: "d", env_as_collection: true}'],
  ])('is refused where the operator of %s wrote it and the rule cannot resolve it', async (type, block) => {
    const error = await refusal(bundleWith(ruleWith(`datasource: "${type}"`)).replace(/datasources: .*/, `datasources: [{${type}: ${block}}]`), cue)
    expect(error.others.map(({ code }) => code)).toEqual(['bundle.template_env_unresolvable'])
  })

  it.each(['redis', 'zookeeper'])('becomes `default` where nobody wrote it: %s', async (type) => {
    await expect(loadBundle(bundleWith(ruleWith(`datasource: "${type}"`)), 'config.cue', { cue, sinks })).resolves.toMatchObject({ notices: [] })
  })
})

describe('rules that only look alike are accepted', () => {
  it.each([
    ['for other files', 'file_name: "a.yaml"', 'file_name: "b.yaml"'],
    ['for other repositories', 'file_name: "a", repositories: ["my-org/a"]', 'file_name: "a", repositories: ["my-org/b"]'],
    [
      'for environments of their own',
      'file_name: "a", branch_map: {main: "production"}, destination_template: "{env}"',
      'file_name: "a", branch_map: {develop: "staging"}, destination_template: "{env}"',
    ],
    ['for places of their own', 'file_name: "a", destination_template: "x"', 'file_name: "a", destination_template: "y"'],
    ['with one of them off', 'file_name: "a"', 'file_name: "a", enabled: false'],
  ])('%s', async (_what, first, second) => {
    const rules = [first, second].map((fields) => `{platform: "github", datasource: "redis", ${fields}}`)
    await expect(loadBundle(bundleWith(`rules: [${rules.join(', ')}]`), 'config.cue', { cue, sinks })).resolves.toMatchObject({ notices: [] })
  })
})

describe('what comes later is refused, not ignored', () => {
  it.each([
    ['a platform', 'platforms: [{^gitlab: {endpoint: "https://gitlab.com", secret: "s"}}]'],
    ['a store', 'datasources: [{^s3: {bucket: "b", use_iam_role: true}}]'],
    ['secret managers', '^secret_managers: [{vault: {endpoint: "https://vault:8200", kv_version: 2, token_auth: {token: {file: "/run/t"}}}}]'],
    ['a secret in a manager', 'platforms: [{github: {endpoint: "https://x.y", secret: {^ref: {path: "a", key: "b"}}}}]'],
    ['access control', 'auth: {tokens: [{name: "ci", sha256: "' + 'a'.repeat(64) + '"}], ^rbac: {policy: "p, a, b, c, allow"}}'],
    ['identity providers', 'auth: {^oidc: {issuer_url: "https://id.example.com", client_id: "vartrack"}}'],
    ['a structure of a store', 'datasources: [{redis: {^data_structure: "JSON"}}]'],
    ['notifications', '^notifications: [{url: "https://hooks.example.com", secret: {env: "HOOK"}, on: ["failed"]}]'],
    ['a leader in ZooKeeper', '^watcher_leader_election_datasource: "zookeeper"'],
  ])('%s', async (_what, part) => {
    const { problems, mark } = await refusalOf(bundleWith(part))
    expect(problems).toEqual([{ code: 'bundle.not_available', place: mark, remedy: someRemedy }])
  })
})
