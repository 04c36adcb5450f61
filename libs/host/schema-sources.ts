import { dirname } from 'node:path'
import type { LocationSources } from '@vartrack/schemas'
import type { Host } from './host.js'

/** What says where the schemas of tenants lie: the bundle in force, and the environment. */
export function schemaSources({ bundle, config }: Pick<Host, 'bundle' | 'config'>): LocationSources {
  return { bundle: bundle.current(), environment: config.schemaTenants, baseDir: dirname(config.configPath) }
}
