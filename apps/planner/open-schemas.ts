import { join } from 'node:path'
import { type Cue, createCue } from '@vartrack/cuelang-wasm'
import { VarTrackError } from '@vartrack/errors'
import type { Remote } from '@vartrack/git'
import { type Host, schemaSources } from '@vartrack/host'
import {
  allRegistries,
  createLastGood,
  createRegistries,
  createValidator,
  type Registries,
  type RegistryLocation,
  type Validator,
} from '@vartrack/schemas'

/** Of a registry that is given as a URL, in ms. */
const URL_TIMEOUT_MS = 30_000

/** The schemas of all tenants, and what holds releases to them: one CUE for the whole process. */
export function openSchemas(host: Host): { readonly schemas: Registries; readonly validator: Validator } {
  const cue = createCue()
  if (allRegistries(schemaSources(host)).length > 0) warmUp(cue)
  host.onClose('CUE', async () => {
    await cue[Symbol.asyncDispose]()
  })
  for (const { token } of host.config.schemaTenants.values()) if (token !== undefined) host.mask.add(token)
  const schemas = createRegistries({
    sources: () => schemaSources(host),
    git: host.stores.git,
    remote: (location) => remoteOf(host, location),
    lastGood: createLastGood(join(host.config.dataDir, 'schemas')),
    known: async ({ key }) => (await host.state.registry(key)).read,
    log: host.log,
  })
  return { schemas, validator: createValidator({ cue, core: host.stores.core }) }
}

/** The first answer takes seconds on a small machine: no push should wait for it. What is wrong with it will be told by the first that does. */
function warmUp(cue: Pick<Cue, 'describe'>): void {
  cue.describe('_').catch(() => undefined)
}

async function remoteOf(host: Host, { platform, repo, token }: RegistryLocation): Promise<Remote> {
  if (/^[a-z]+:\/\//i.test(repo)) return { url: repo, token, verifySsl: true, timeoutMs: URL_TIMEOUT_MS }
  if (platform === undefined) {
    throw new VarTrackError({
      code: 'schema.registry_address',
      message: `The schema registry ${repo} is on no platform.`,
      remedy: 'It should have been refused with the bundle; this is a defect of varTrack, please report it.',
      disposition: { kind: 'bug' },
    })
  }
  const remote = await host.stores.remote(platform, repo)
  return token === undefined ? remote : { ...remote, token }
}
