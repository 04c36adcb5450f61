import type { Bundle } from '@vartrack/bundle'

/**
 * The type of a datasource, which names the queue of its writers. Of one that the bundle does not have any more the name tells it: a name is its type, or
 * `type-tag`.
 */
export function sinkTypeOf({ datasources }: Pick<Bundle, 'datasources'>, name: string): string {
  return datasources.find((datasource) => datasource.name === name)?.type ?? name.replace(/-.*$/, '')
}
