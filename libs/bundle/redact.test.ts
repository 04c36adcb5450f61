import { type Cue, createCue } from '@vartrack/cuelang-wasm'
import { sinks } from '@vartrack/sinks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadBundle } from './load-bundle.js'
import { redactBundle } from './redact.js'

let cue: Cue
beforeAll(() => {
  cue = createCue()
})
afterAll(() => cue[Symbol.asyncDispose]())

const SOURCE = `bundle: {
  platforms: [
    {github: {endpoint: "https://github.com", secret: "canary-hook", token: "canary-token"}},
    {gitea: {endpoint: "https://gitea.example.com", secret: {file: "/run/secrets/hook"}, token: {env: "GITEA_TOKEN"}}},
  ]
  datasources: [
    {mongo: {endpoint: "mongodb://root:canary-url@db:27017", database: "d", username: "root", password: "canary-password"}},
    {redis: {password: {env: "REDIS_PASSWORD"}}},
  ]
}`

describe('a bundle that is printed', () => {
  it('shows no credential that was given as text', async () => {
    const bundle = await loadBundle(SOURCE, 'config.cue', { cue, sinks })
    expect(JSON.stringify(bundle)).toContain('canary-password')
    expect(JSON.stringify(redactBundle(bundle))).not.toContain('canary')
  })

  it('shows where credentials come from, and everything else', async () => {
    expect(redactBundle(await loadBundle(SOURCE, 'config.cue', { cue, sinks }))).toMatchObject({
      platforms: [
        { name: 'github', secret: '***', token: '***' },
        { name: 'gitea', secret: { file: '/run/secrets/hook' }, token: { env: 'GITEA_TOKEN' } },
      ],
      datasources: [
        { name: 'mongo', type: 'mongo', options: { endpoint: 'mongodb://***@db:27017', username: 'root', password: '***' } },
        { name: 'redis', type: 'redis', options: { password: { env: 'REDIS_PASSWORD' } } },
      ],
    })
  })

  it.each([
    ['mongodb://u:canary@a,b/db', 'mongodb://***@a,b/db'],
    ['mongodb://u:can@canary@a', 'mongodb://***@a'],
    ['mongodb://a/?authSource=x&tlsCertificateKeyFilePassword=canary', 'mongodb://a/?authSource=x&tlsCertificateKeyFilePassword=***'],
    ['mongodb://a/?authMechanismProperties=AWS_SESSION_TOKEN:canary&w=1', 'mongodb://a/?authMechanismProperties=***&w=1'],
  ])('shows of the connection string %s no credential', async (endpoint, shown) => {
    const bundle = await loadBundle(`bundle: datasources: [{mongo: {endpoint: "${endpoint}", database: "d"}}]`, 'config.cue', { cue, sinks })
    expect(redactBundle(bundle).datasources).toMatchObject([{ options: { endpoint: shown } }])
  })

  it('shows no credential in any address, though it was loaded with one', async () => {
    const bundle = await loadBundle(SOURCE, 'config.cue', { cue, sinks })
    const registry = { platform: undefined, repo: 'https://canary@h/x.git', branch: 'main', path: '' }
    const [platform] = bundle.platforms
    const shown = redactBundle({
      ...bundle,
      schemaRegistry: registry,
      tenants: [{ id: 'acme', schemaRegistry: { ...registry, repo: 'https://u:canary@h/x.git' } }],
      platforms: platform ? [{ ...platform, endpoint: 'https://h/?token=canary' }] : [],
      notices: ['read from https://canary@h/x.git'],
    })
    expect(JSON.stringify(shown)).not.toContain('canary')
    expect(shown).toMatchObject({ schemaRegistry: { repo: 'https://***@h/x.git' }, tenants: [{ schemaRegistry: { repo: 'https://***@h/x.git' } }] })
  })

  it('stays what it is, its numbers, switches and maps', async () => {
    const { platforms: _p, datasources: _d, auth: _a, ...rest } = await loadBundle(SOURCE, 'config.cue', { cue, sinks })
    expect(redactBundle({ ...rest, platforms: [], datasources: [], auth: undefined })).toEqual({
      ...rest,
      platforms: [],
      datasources: [],
      auth: undefined,
    })
  })
})
