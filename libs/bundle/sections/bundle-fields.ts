import { z } from 'zod'
import { Count, Line, Size, TimeSpan } from '../scalars.js'

const Positive = Count.min(1)
const Limits = z.strictObject({
  max_file_bytes: Size.default(10_485_760),
  max_depth: Positive.default(64),
  max_keys: Positive.default(100_000),
})

const role = Line.optional()
const later = z.unknown().optional()

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
  tenants: later,
  schema_registry: later,
  secret_managers: later,
  auth: later,
  notifications: later,
})
export type BundleFields = z.infer<typeof BundleFields>
