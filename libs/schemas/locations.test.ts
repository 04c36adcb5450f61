import { describe, expect, it } from 'vitest'
import { type LocationSources, registryOf } from './locations.js'

const environment = (repo: string): LocationSources['environment'] => new Map([['acme', { repo, branch: 'main', token: undefined }]])
const bundle = { tenants: [], platforms: [], schemaRegistry: undefined }
const locate = (repo: string) => registryOf('acme', { bundle, environment: environment(repo), baseDir: '/etc/vartrack' })

describe('the schema registry that the environment names', () => {
  it.each([
    'https://user:canary@h/x.git',
    'https://canary@h/x.git',
    'ssh://git:canary@h/x.git',
    'https://h/x.git?access_token=canary',
    'user:canary@h/x.git',
  ])('is refused without being shown where its address holds a credential: %s', (repo) => {
    const refusal = errorOf(() => locate(repo))
    expect(refusal).toMatchObject({ code: 'schema.registry_address', remedy: expect.stringContaining('SCHEMA_TENANT_<ID>_TOKEN') })
    expect(JSON.stringify([refusal, String(refusal)])).not.toContain('canary')
  })

  it.each(['https://h/x.git', 'ssh://git@h:22/x.git', 'https://h/@acme/x'])('may be %s', (repo) => {
    expect(locate(repo)).toMatchObject({ kind: 'git', repo })
  })
})

function errorOf(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    return error
  }
}
