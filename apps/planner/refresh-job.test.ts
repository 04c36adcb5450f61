import type { Bundle, Rule } from '@vartrack/bundle'
import { SETTING_DEFAULTS } from '@vartrack/bundle/setting-defaults'
import { PlanJob } from '@vartrack/queues'
import { allRegistries } from '@vartrack/schemas'
import type { RegistryVersions } from '@vartrack/state'
import { beforeEach, describe, expect, it } from 'vitest'
import { type RefreshContext, refreshJob } from './refresh-job.js'

const registry = (repo: string) => ({ platform: 'github', repo, branch: 'main', path: '' })
const rule = { ...SETTING_DEFAULTS, name: 'app', enabled: true, platform: 'github', datasources: ['redis'], repositories: ['**'] }
const rules = [{ ...rule, excludeRepositories: [], repositoryOverrides: {}, tenant: undefined } as unknown as Rule]
const bundle = {
  rules,
  tenant: undefined,
  platforms: [],
  schemaRegistry: registry('all/schemas'),
  tenants: [{ id: 'own', schemaRegistry: registry('own/schemas') }],
} as unknown as Bundle
const sources = { bundle, environment: new Map(), baseDir: '/' }

let version: string
let versions: Map<string, RegistryVersions>
let planned: string[]
let said: string[]
beforeEach(() => {
  version = 'a'
  versions = new Map()
  planned = []
  said = []
})

const REFS = ['acme/app refs/heads/main', 'acme/app refs/tags/v1', 'acme/app refs/pull/7/head', 'own/app refs/heads/main']

const say = (_fields: Record<string, unknown>, message: string) => void said.push(message)

function context(): RefreshContext {
  return {
    bundle: () => bundle,
    schemaSources: () => sources,
    schemas: { refresh: async () => version },
    state: {
      registry: async (key) => versions.get(key) ?? {},
      putRegistry: async (key, news) => void versions.set(key, { ...versions.get(key), ...news }),
      async *begunRefs() {
        for (const [repo = '', ref = ''] of REFS.map((line) => line.split(' '))) yield { repo, ref }
      },
    },
    producer: {
      add: async (_name: string, data: object, ..._options: readonly unknown[]) => {
        const { repo, ref, cause, full } = PlanJob.omit({ version: true }).parse(data)
        planned.push(`${repo} ${ref} ${cause} ${full}`)
        return 'job'
      },
    },
    log: { info: say, warn: say, error: say },
  }
}

const refresh = (key: string) => refreshJob({ version: 1, correlation: 'c', registry: key }, context())
const [OWN, ALL] = allRegistries(sources).map(({ key }) => key) as [string, string]

describe('a schema registry that is refreshed', () => {
  it('has every branch and tag that it governs planned in full, but no pull request and no other tenant', async () => {
    await refresh(ALL)
    expect(planned).toEqual(['acme/app refs/heads/main reload true', 'acme/app refs/tags/v1 reload true'])
    await refresh(OWN)
    expect(planned.slice(2)).toEqual(['own/app refs/heads/main reload true'])
  })

  it('has nothing planned while it stays the same', async () => {
    await refresh(ALL)
    await refresh(ALL)
    expect(planned).toHaveLength(2)
    version = 'b'
    await refresh(ALL)
    expect(planned).toHaveLength(4)
  })

  it('is told to the other planners before they get the jobs, and planned again when that was cut short', async () => {
    versions.set(ALL, { read: 'a' })
    await refresh(ALL)
    expect(planned).toHaveLength(2)
    expect(versions.get(ALL)).toEqual({ read: 'a', planned: 'a' })
  })

  it('does nothing when the bundle names it no more', async () => {
    await refresh('github gone/schemas refs/heads/main')
    expect([planned, said]).toEqual([[], [expect.stringContaining('does not name this schema registry any more')]])
  })
})
