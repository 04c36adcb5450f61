import { SecretReference } from '@vartrack/sink-kit'
import { z } from 'zod'
import { Endpoint, Line, Tag, TimeSpan } from '../scalars.js'

const mount = { mount_path: Line.optional() }
const Vault = z.strictObject({
  tag: Tag.optional(),
  endpoint: Endpoint,
  mount_point: Line.optional(),
  kv_version: z.union([z.literal(1), z.literal(2)]).optional(),
  namespace: z.string().optional(),
  timeout: TimeSpan.optional(),
  tls_ca_file: z.string().optional(),
  token_auth: z.strictObject({ token: SecretReference, ...mount }).optional(),
  approle_auth: z.strictObject({ role_id: SecretReference, secret_id: SecretReference, ...mount }).optional(),
  kubernetes_auth: z.strictObject({ role: Line, service_account: Line.optional(), ...mount }).optional(),
  userpass_auth: z.strictObject({ username: Line, password: SecretReference, ...mount }).optional(),
})

/** Where secrets are kept. */
export const SecretManagers = z.array(z.strictObject({ vault: Vault }))

const Oidc = z.strictObject({
  issuer_url: Endpoint,
  client_id: Line,
  audience: z.string().optional(),
  extra_scopes: z.array(Line).optional(),
  groups_claim: Line.optional(),
})

/** The parts of `auth` beside its tokens. */
export const LATER_AUTH = {
  oidc: Oidc.optional(),
  rbac: z.strictObject({ policy: z.string(), default_role: Line.optional() }).optional(),
  opa: z.strictObject({ policy: z.string().optional(), inline_policy: z.string().optional(), policy_file: Line.optional() }).optional(),
}

/** Who hears of what happened. */
export const Notifications = z.array(
  z.strictObject({ url: Endpoint, secret: SecretReference.optional(), on: z.array(z.enum(['failed', 'drifted', 'quarantined'])).optional() }),
)
