import type { SchemaRegistry } from '@vartrack/bundle'
import { beforeEach, describe, expect, it } from 'vitest'
import { pushPayload } from '../../test/support/git-host.js'
import { type IngressDoor, openIngressDoor, signedPush, testPush } from '../../test/support/ingress-door.js'

let door: IngressDoor

beforeEach(async () => {
  door = await openIngressDoor()
  return () => door[Symbol.asyncDispose]()
})

const REGISTRY: SchemaRegistry = { platform: 'github', repo: 'schemas/cue', branch: 'main', path: '' }

/** Pushes, and tells what was answered and which registries are to be read. */
async function push(repo: string, ref: string, schemaRegistry: SchemaRegistry | undefined) {
  door.bundle = { ...door.bundle, schemaRegistry }
  const response = await fetch(`${door.url}/webhooks`, signedPush(pushPayload({ ...testPush, repo, ref })))
  const jobs = await (await door.producer.queue('refresh')).getJobs(['waiting', 'delayed', 'prioritized'])
  return { status: response.status, registries: jobs.map((job) => (job.data as { registry: string }).registry) }
}

describe('a push to a schema registry', () => {
  it('has it read, although no rule is about it', async () => {
    expect(await push('schemas/cue', 'refs/heads/main', REGISTRY)).toEqual({ status: 202, registries: ['github schemas/cue refs/heads/main'] })
    expect(await door.plans()).toEqual([])
  })

  it('is known by its address as well', async () => {
    const byUrl = { platform: undefined, repo: 'https://github.com/schemas/cue', branch: 'main', path: '' }
    expect(await push('schemas/cue', 'refs/heads/main', byUrl)).toMatchObject({ status: 202, registries: [expect.stringContaining('https://')] })
  })

  it('that rules are about too is planned as well', async () => {
    expect(await push('acme/app', 'refs/heads/main', { ...REGISTRY, repo: 'acme/app' })).toMatchObject({
      status: 202,
      registries: [expect.anything()],
    })
    expect(await door.plans()).toHaveLength(1)
  })

  it.each([
    ['to another branch', 'schemas/cue', 'refs/heads/develop', REGISTRY],
    ['to a tag of the same name', 'schemas/cue', 'refs/tags/main', REGISTRY],
    ['to another repository', 'schemas/other', 'refs/heads/main', REGISTRY],
    ['where the bundle names none', 'schemas/cue', 'refs/heads/main', undefined],
  ])('does nothing %s', async (_what, repo, ref, registry) => {
    expect(await push(repo, ref, registry)).toEqual({ status: 200, registries: [] })
  })
})
