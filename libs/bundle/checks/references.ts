import { notAvailable } from '../later/not-available.js'
import { suggestName } from '../nearest-name.js'
import { fieldName, type Path, type Report } from '../problems.js'
import { isMap } from '../sections/blocks.js'

/**
 * Reports every `{ref}`: secret managers come later, and one that names an unknown manager is wrong even then.
 * @param managers names of the secret managers of the bundle
 */
export function checkReferences(value: unknown, path: Path, managers: readonly string[], report: Report): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkReferences(item, [...path, index], managers, report)
  }
  if (!isMap(value)) return
  for (const [name, field] of Object.entries(value)) {
    if (name === 'ref' && isMap(field)) checkReference(field, [...path, name], managers, report)
    else checkReferences(field, [...path, name], managers, report)
  }
}

function checkReference(reference: Readonly<Record<string, unknown>>, path: Path, managers: readonly string[], report: Report): void {
  report(notAvailable(path, 'A secret from a secret manager'))
  const { manager } = reference
  if (typeof manager !== 'string' || managers.includes(manager)) return
  const at = [...path, 'manager']
  const message = `${fieldName(at)}: there is no secret manager "${manager}".`
  report({ code: 'bundle.unknown_manager', message, remedy: suggestName(manager, managers), path: at })
}
