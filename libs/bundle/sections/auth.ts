import { z } from 'zod'
import type { Auth } from '../contract.js'
import { notAvailable } from '../later/not-available.js'
import { LATER_AUTH } from '../later/sections.js'
import { parseTolerantly } from '../parse-tolerantly.js'
import type { Path, Report } from '../problems.js'
import { Line } from '../scalars.js'
import { isMap, reportDuplicates } from './blocks.js'

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/i, 'a SHA-256 is 64 hexadecimal digits')
const Token = z.strictObject({ name: Line, sha256: Sha256, groups: z.array(Line).default([]) })
const AuthFields = z.strictObject({ tokens: z.array(Token).min(1, 'a list without tokens lets nobody in').optional(), ...LATER_AUTH })

/** Who may use the API. Static tokens are there; what else `auth` may hold is checked, and refused. */
export function readAuth(raw: unknown, path: Path, report: Report): Auth | undefined {
  if (raw === undefined) return undefined
  const fields = parseTolerantly(AuthFields, raw, path, report)
  const later = isMap(raw) ? Object.keys(LATER_AUTH).filter((name) => raw[name] !== undefined) : []
  for (const name of later) report(notAvailable([...path, name], 'This part of access control'))
  if (fields && fields.tokens === undefined && later.length === 0 && isMap(raw) && raw.tokens === undefined) {
    const remedy = 'List the tokens, or take auth out: the API then serves this machine alone.'
    report({ code: 'bundle.missing_field', message: 'auth lets nobody in: it has no tokens.', remedy, path })
  }
  const tokens = fields?.tokens ?? []
  reportDuplicates(
    tokens.map(({ name }, index) => ({ name, path: [...path, 'tokens', index] })),
    report,
  )
  return { tokens }
}
