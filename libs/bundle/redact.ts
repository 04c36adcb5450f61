import { isCredentialName, MASKED } from '@vartrack/secrets'
import { maskAddresses } from '@vartrack/secrets/addresses'
import { SecretReference } from '@vartrack/sink-kit'
import type { z } from 'zod'
import type { Bundle } from './contract.js'
import type { Path } from './problems.js'
import { schemasAt } from './schema-walk.js'

/**
 * The bundle as it may be printed, answered and stored: every credential given as text is `***`, and what stands before the host of an address, wherever it is;
 * references stay, they hold no secret.
 */
export function redactBundle(bundle: Bundle): Record<string, unknown> {
  const shown = {
    ...bundle,
    platforms: bundle.platforms.map((platform) => ({ ...platform, secret: redacted(platform.secret), token: redacted(platform.token) })),
    datasources: bundle.datasources.map(({ name, type, printable }) => ({ name, type, options: printable })),
    auth: bundle.auth && { tokens: bundle.auth.tokens.map(({ name, groups }) => ({ name, groups, sha256: MASKED })) },
  }
  return withoutAddresses(shown) as Record<string, unknown>
}

/** Addresses with credentials are refused when the bundle loads; this holds where one passes after all. */
function withoutAddresses(value: unknown): unknown {
  if (typeof value === 'string') return maskAddresses(value)
  if (Array.isArray(value)) return value.map(withoutAddresses)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [maskAddresses(name), withoutAddresses(field)]))
}

/**
 * A datasource's block with its credentials hidden: what the schema says is one, what is named like one, and passwords within addresses.
 * @param schema of the options
 * @param raw the block as it was written
 */
export function printableOptions(schema: z.core.$ZodType, raw: unknown): unknown {
  return printable(schema, raw, [])
}

function printable(schema: z.core.$ZodType, value: unknown, path: Path): unknown {
  const hidden = schemasAt(schema, path).includes(SecretReference) || isCredentialName(String(path.at(-1) ?? ''))
  if (hidden && typeof value !== 'object') return redacted(value)
  if (typeof value === 'string') return maskAddresses(value)
  if (Array.isArray(value)) return value.map((item, index) => printable(schema, item, [...path, index]))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, isReference(value) ? field : printable(schema, field, [...path, name])]),
  )
}

function isReference(value: object): boolean {
  return SecretReference.safeParse(value).success
}

function redacted(value: unknown): unknown {
  return typeof value === 'object' || value === undefined || typeof value === 'boolean' ? value : MASKED
}
