import { notAvailable } from '../later/not-available.js'
import { suggestName } from '../nearest-name.js'
import { fieldName, type Path, type Report } from '../problems.js'
import type { KnownDatasource } from './datasources.js'

/** Fields that name the datasource for one of varTrack's own jobs; older bundles have them among `global_tags`. */
export const REDIS_ROLES = [
  'watcher_leader_election_datasource',
  'watcher_state_datasource',
  'gateway_nonce_datasource',
  'celery_broker_datasource',
  'celery_backend_datasource',
] as const

/** What is checked. */
export interface RedisRoles {
  readonly fields: Readonly<Record<string, unknown>>
  readonly path: Path
  readonly datasources: ReadonlyMap<string, KnownDatasource | undefined>
}

/**
 * Every process finds its Redis by REDIS_URL. A field that names a Redis is understood, and the operator is told; any other store is refused.
 * @returns what the log says
 */
export function readRedisRoles({ fields, path, datasources }: RedisRoles, report: Report): string[] {
  return REDIS_ROLES.flatMap((role) => {
    const name = fields[role]
    if (typeof name !== 'string') return []
    const at = [...path, role]
    const type = typeOf(name, datasources)
    if (type === undefined) {
      report({
        code: 'bundle.unknown_datasource',
        message: `${fieldName(at)}: there is no datasource "${name}".`,
        remedy: suggestName(name, [...datasources.keys()]),
        path: at,
      })
    } else if (type !== 'redis') {
      report(notAvailable(at, `A ${type} for this`))
    }
    return type === 'redis' ? [`${fieldName(at)} names ${name}: varTrack keeps this in the Redis of REDIS_URL; make both the same server.`] : []
  })
}

/** The words `redis` and `zookeeper` stand for the kind of store where no datasource bears the name. */
function typeOf(name: string, datasources: ReadonlyMap<string, KnownDatasource | undefined>): string | undefined {
  if (datasources.has(name)) return datasources.get(name)?.datasource.type ?? name.split('-')[0]
  return name === 'redis' || name === 'zookeeper' ? name : undefined
}
