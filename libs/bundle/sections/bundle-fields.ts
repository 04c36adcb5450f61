import { z } from 'zod'
import { Count, Line, Size, TimeSpan } from '../scalars.js'
import { LIMIT_DEFAULTS } from '../setting-defaults.js'

const Positive = Count.min(1)
const Limits = z.strictObject({
  max_file_bytes: Size.default(LIMIT_DEFAULTS.maxFileBytes),
  max_depth: Positive.default(LIMIT_DEFAULTS.maxDepth),
  max_keys: Positive.default(LIMIT_DEFAULTS.maxKeys),
})

const role = Line.optional()
/** Read on its own, so that a fault in it hides nothing else. */
const section = z.unknown().optional()

/** The top of the bundle; lists are read element by element, so that one with faults does not hide the others. */
export const BundleFields = z.strictObject({
  platforms: z.array(z.unknown()).default([]),
  datasources: z.array(z.unknown()).default([]),
  rules: z.array(z.unknown()).default([]),
  tenant: Line.optional(),
  global_tags: z.record(Line, z.string()).default({}),
  limits: Limits.prefault({}),
  max_webhook_body_bytes: Size.default(10_485_760),
  poll_interval: TimeSpan.optional(),
  watcher_leader_election_datasource: role,
  watcher_state_datasource: role,
  gateway_nonce_datasource: role,
  celery_broker_datasource: role,
  celery_backend_datasource: role,
  tenants: section,
  schema_registry: section,
  secret_managers: section,
  auth: section,
  notifications: section,
})
export type BundleFields = z.infer<typeof BundleFields>
