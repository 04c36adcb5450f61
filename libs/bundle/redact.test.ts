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
})
