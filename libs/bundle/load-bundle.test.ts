import { readFile } from 'node:fs/promises'
import { type Cue, createCue } from '@vartrack/cuelang-wasm'
import { sinks } from '@vartrack/sinks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Bundle } from './contract.js'
import { loadBundle } from './load-bundle.js'
import { redactBundle } from './redact.js'

let cue: Cue
beforeAll(() => {
  cue = createCue()
})
afterAll(() => cue[Symbol.asyncDispose]())

async function load(): Promise<Bundle> {
  return loadBundle(await readFile(new URL('golden/every-field.cue', import.meta.url), 'utf8'), 'config.cue', { cue, sinks })
}

describe('a bundle that uses every field there is', () => {
  it('is read as its golden file says', async () => {
    const { digest, ...loaded } = await load()
    const bundle = { ...loaded, datasources: loaded.datasources.map(({ name, type, printable }) => ({ name, type, printable })) }
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
    await expect(`${JSON.stringify(bundle, null, 2)}\n`).toMatchFileSnapshot('golden/every-field.json')
  })

  it('has the same digest as long as its text is the same', async () => {
    expect((await load()).digest).toBe((await load()).digest)
  })

  it('keeps credentials as references', async () => {
    const [platform] = (await load()).platforms
    expect(platform).toMatchObject({ secret: { file: '/run/secrets/hook' }, token: { env: 'GITHUB_TOKEN' } })
  })

  it('says what it read in a way the operator should know of', async () => {
    expect((await load()).notices).toEqual([
      expect.stringContaining('watcher_leader_election_datasource names redis-cache'),
      expect.stringContaining('global_tags.celery_broker_datasource names redis'),
      expect.stringContaining('rules[2].file_path_map is written as environment to path'),
      expect.stringContaining('global_tags is put nowhere'),
    ])
  })
})

describe('a bundle that says as little as it can', () => {
  const source = `bundle: {
    platforms: [{gitea: {endpoint: "http://127.0.0.1:3000/", secret: "s3cr3t"}}]
    datasources: [{redis: {}}]
    rules: [{platform: "gitea", datasource: "redis", file_name: "app.yaml"}, {platform: "gitea", datasource: "redis", file_name: "app.yaml", repositories: ["a/b"], enabled: false}]
  }`

  it('gets every default', async () => {
    const bundle = await loadBundle(source, 'config.cue', { cue, sinks })
    expect(bundle).toMatchObject({ tenant: undefined, globalTags: {}, pollIntervalMs: 60_000, maxWebhookBodyBytes: 10_485_760, notices: [] })
    expect(bundle.limits).toEqual({ maxFileBytes: 10_485_760, maxDepth: 64, maxKeys: 100_000 })
    expect(bundle.platforms[0]).toMatchObject({
      name: 'gitea',
      endpoint: 'http://127.0.0.1:3000',
      signatureHeader: 'x-gitea-signature',
      timeoutMs: 30_000,
    })
    expect(bundle.rules[0]).toMatchObject({ repositories: ['**'], syncMode: 'AUTO', selfHeal: false, onFailure: 'rollback', strictValidation: true })
    expect(bundle.rules[0]?.prune).toEqual({ enabled: false, scope: 'owned', last: false, dryRun: false, protection: [], maxDelete: undefined })
  })

  it('polls as often as the process was told', async () => {
    expect(await loadBundle(source, 'config.cue', { cue, sinks, pollIntervalMs: 5 })).toMatchObject({ pollIntervalMs: 5 })
  })

  it('names rules after their datasource and file, and tells those of one name apart', async () => {
    const { rules } = await loadBundle(source, 'config.cue', { cue, sinks })
    expect(rules.map((rule) => rule.name)).toEqual(['redis/app.yaml', 'redis/app.yaml (2)'])
  })

  it('may say where schemas lie, and who may use the API', async () => {
    const sha256 = 'a'.repeat(64)
    const bundle = await loadBundle(
      `bundle: {
        tenants: [{id: "acme", schema_registry: {repo: "https://git.example.com/acme/schemas", path: "/cue/"}}, {id: "plain"}]
        schema_registry: {repo: "./schemas"}
        auth: tokens: [{name: "ci", sha256: "${sha256}", groups: ["ci"]}]
      }`,
      'config.cue',
      { cue, sinks },
    )
    expect(bundle.schemaRegistry).toEqual({ platform: undefined, repo: './schemas', branch: 'main', path: '' })
    expect(bundle.tenants.map(({ id, schemaRegistry }) => [id, schemaRegistry?.repo, schemaRegistry?.path])).toEqual([
      ['acme', 'https://git.example.com/acme/schemas', 'cue'],
      ['plain', undefined, undefined],
    ])
    expect(bundle.auth).toEqual({ tokens: [{ name: 'ci', sha256, groups: ['ci'] }] })
    expect(JSON.stringify(redactBundle(bundle))).not.toContain(sha256)
  })

  it.each(['https://h/x.git', 'ssh://git@h/x.git', 'https://h/@acme/x', './sche@mas', '/etc/a?b'])('may have its schemas in %s', async (repo) => {
    const { schemaRegistry } = await loadBundle(`bundle: schema_registry: repo: "${repo}"`, 'config.cue', { cue, sinks })
    expect(schemaRegistry).toMatchObject({ repo })
  })

  it('may hold nothing at all', async () => {
    await expect(loadBundle('bundle: {}', 'config.cue', { cue, sinks })).resolves.toMatchObject({ platforms: [], datasources: [], rules: [] })
  })

  it('may map branches and keys that are named like what every object has', async () => {
    const names = '{constructor: "production", toString: "staging"}'
    const rule = `{platform: "gitea", datasource: "redis", file_name: "a", branch_map: ${names}, variables_map: ${names}, repository_overrides: {"a/constructor": {branch_map: ${names}}}}`
    const { rules } = await loadBundle(source.replace(/rules: .*/, `rules: [${rule}]`), 'config.cue', { cue, sinks })
    const map = { constructor: 'production', toString: 'staging' }
    expect(rules).toMatchObject([{ branchMap: map, variablesMap: map, repositoryOverrides: { 'a/constructor': { branchMap: map } } }])
  })

  it('may compute its fields with hidden ones and definitions', async () => {
    const computed = '_name: "acme"\n#Tag: string\nbundle: {tenant: _name, global_tags: team: #Tag & "platform"}'
    await expect(loadBundle(computed, 'config.cue', { cue, sinks })).resolves.toMatchObject({ tenant: 'acme', globalTags: { team: 'platform' } })
  })
})
