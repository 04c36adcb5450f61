import { commonOptions, Duration, HostPort, SecretReference } from '@vartrack/sink-kit'
import { z } from 'zod'

const { username: _username, password: _password, ...common } = commonOptions

const EPHEMERAL = 'an ephemeral znode goes with the session that made it, so the next drift check would find it missing and heal it for ever'
const SEQUENTIAL = 'a sequential znode gets another name at every write, so no key could be found again to compare or delete'

/** The `zookeeper` block of a datasource. */
export const ZooKeeperOptions = z.strictObject({
  ...common,
  hosts: z.union([z.array(HostPort).min(1), HostPort.transform((host) => [host])]),
  /** The destination of rules without a template of their own. */
  base_path: z.string().startsWith('/').default('/vartrack/{env}'),
  auth_scheme: z.string().default('digest'),
  auth_username: z.string().optional(),
  auth_password: SecretReference.optional(),
  session_timeout: Duration.default(30_000),
  connection_timeout: Duration.optional(),
  /** `plain`: the text itself; `json`: a JSON value; `base64`. */
  encoding: z.enum(['plain', 'json', 'base64']).default('plain'),
  /** For znodes made from now on; without it anybody may do anything. */
  acl: z.strictObject({ scheme: z.string().min(1), id: z.string(), world_readable: z.boolean().default(false) }).optional(),
  ephemeral: z.literal(false, EPHEMERAL).default(false),
  sequential: z.literal(false, SEQUENTIAL).default(false),
})
export type ZooKeeperOptions = z.infer<typeof ZooKeeperOptions>
