import type { z } from 'zod'
import { parseTolerantly } from '../parse-tolerantly.js'
import type { Path, Report } from '../problems.js'
import { isMap } from '../sections/blocks.js'
import { notAvailable } from './not-available.js'
import { Notifications, SecretManagers } from './sections.js'

/** What each section is called in the message, and what it is checked with before it is refused. */
const SECTIONS: Readonly<Record<string, { readonly what: string; readonly schema: z.ZodType }>> = {
  secret_managers: { what: 'A secret manager', schema: SecretManagers },
  notifications: { what: 'A notification', schema: Notifications },
}

/** Checks the sections that come later as if they were there, and refuses each. */
export function checkLaterSections(fields: Readonly<Record<string, unknown>>, path: Path, report: Report): void {
  for (const [name, { what, schema }] of Object.entries(SECTIONS)) {
    const raw = fields[name]
    if (raw === undefined) continue
    parseTolerantly(schema, raw, [...path, name], report)
    report(notAvailable([...path, name], what))
  }
}

/** Names by which a reference may call the secret managers: `vault`, `vault-<tag>`, or the tag alone. */
export function managerNames(raw: unknown): string[] {
  const managers = Array.isArray(raw) ? raw.filter(isMap) : []
  return managers.flatMap((manager) => {
    const tag = isMap(manager.vault) && typeof manager.vault.tag === 'string' ? manager.vault.tag : undefined
    return tag === undefined ? ['vault'] : [tag, `vault-${tag}`]
  })
}
