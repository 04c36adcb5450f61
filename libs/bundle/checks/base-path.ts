import { isMap } from '../sections/blocks.js'
import type { KnownDatasource } from '../sections/datasources.js'

/**
 * Does a template lead out of the `base_path` that its datasource was given? What stands before the first placeholder of `base_path` counts;
 * a default that nobody wrote binds nobody.
 */
export function leavesBasePath(template: string, { datasource }: KnownDatasource): boolean {
  if (template.split(/[/\\]/).includes('..')) return true
  const basePath = isMap(datasource.printable) ? datasource.printable.base_path : undefined
  if (typeof basePath !== 'string') return false
  const root = basePath.replace(/\/?[^/{]*\{.*$/s, '').replace(/\/+$/, '')
  return template !== root && !template.startsWith(`${root}/`)
}
