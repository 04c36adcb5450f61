import { z } from 'zod'
import { SecretReference } from './contract.js'

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

/** A time: `"30s"`, `"500ms"`, `"5m"`, or a number of milliseconds. Parsed to milliseconds. */
export const Duration = z.union([
  z.number().int().positive(),
  z
    .string()
    .regex(/^[1-9]\d*(ms|s|m|h)$/, 'a duration such as "30s" or "500ms"')
    .transform((text) => {
      const [, amount, unit] = /^(\d+)(.*)$/.exec(text) as unknown as [string, string, keyof typeof UNITS]
      return Number(amount) * UNITS[unit]
    }),
])

/** Host and port of a server, `"host:port"`. */
export const HostPort = z.string().regex(/^(\[[0-9a-f:]+\]|[^:\s/@]+):\d{1,5}$/i, '"host:port"')

/** A port number. */
export const Port = z.number().int().min(1).max(65_535)

/** TLS as every sink understands it. Certificates are checked unless the bundle says otherwise. */
export const TlsOptions = z.strictObject({
  verify: z.boolean().default(true),
  ca_file: z.string().optional(),
  cert_file: z.string().optional(),
  key_file: z.string().optional(),
})
export type TlsOptions = z.infer<typeof TlsOptions>

/** Options that every datasource has. */
export const commonOptions = {
  /** Tells datasources of one type apart; the name becomes `type-tag`. */
  tag: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]*$/i)
    .optional(),
  connect_timeout: Duration.default(10_000),
  /** Of one operation. A bulk write is one operation. */
  timeout: Duration.default(30_000),
  username: z.string().optional(),
  password: SecretReference.optional(),
}
