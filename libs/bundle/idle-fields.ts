import { fieldName, type Path } from './problems.js'
import type { BundleFields } from './sections/bundle-fields.js'
import { REDIS_ROLES } from './sections/redis-roles.js'

/** A notice for a field that is accepted and has no place to go yet: whoever wrote it would wait for what it promises. */
export function idleFields({ global_tags }: Pick<BundleFields, 'global_tags'>, top: Path): string[] {
  const tags = Object.keys(global_tags).filter((name) => !(REDIS_ROLES as readonly string[]).includes(name))
  return tags.length > 0 ? [`${fieldName([...top, 'global_tags'])} is put nowhere: no store that is available has a place for it.`] : []
}
