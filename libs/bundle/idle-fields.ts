import { fieldName, type Path } from './problems.js'
import { isMap } from './sections/blocks.js'
import type { BundleFields } from './sections/bundle-fields.js'
import { REDIS_ROLES } from './sections/redis-roles.js'

/** One notice for each field that is accepted and changes nothing yet: whoever wrote it would wait for what it promises. */
export function idleFields({ global_tags, platforms }: Pick<BundleFields, 'global_tags' | 'platforms'>, top: Path): string[] {
  const tags = Object.keys(global_tags).filter((name) => !(REDIS_ROLES as readonly string[]).includes(name))
  const retries = platforms.flatMap((entry, index) => {
    const blocks = isMap(entry) ? Object.entries(entry) : []
    return blocks.flatMap(([kind, block]) => (isMap(block) && 'max_retries' in block ? [[...top, 'platforms', index, kind, 'max_retries']] : []))
  })
  return [
    ...(tags.length > 0 ? [`${fieldName([...top, 'global_tags'])} is put nowhere: no store that is available has a place for it.`] : []),
    ...retries.map((path) => `${fieldName(path)} changes nothing: a request that fails is tried again with its job (docs/operations.md).`),
  ]
}
