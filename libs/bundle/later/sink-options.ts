import { commonOptions, Duration, HostPort, Port, SecretReference, TlsOptions } from '@vartrack/sink-kit'
import { z } from 'zod'
import { Count, Endpoint } from '../scalars.js'

const text = z.string().optional()
const flag = z.boolean().optional()
const texts = z.record(z.string(), z.string()).optional()
const list = z.array(z.string()).optional()
const credential = SecretReference.optional()
const common = { ...commonOptions, retries: Count.optional(), pool_size: Count.optional(), tls: TlsOptions.optional() }
const kubernetes = { kubeconfig: text, context: text, in_cluster: flag, namespace: text, env_as_namespace: flag }

const s3 = z.strictObject({
  ...common,
  bucket: z.string(),
  region: text,
  endpoint: Endpoint.optional(),
  force_path_style: flag,
  access_key_id: credential,
  secret_access_key: credential,
  session_token: credential,
  use_iam_role: flag,
  one_file_per_key: flag,
  sse_algorithm: text,
  sse_kms_key_id: text,
  enable_versioning: flag,
  content_type: text,
  object_metadata: texts,
  max_concurrency: Count.optional(),
})

const configmap = z.strictObject({
  ...common,
  ...kubernetes,
  labels: texts,
  annotations: texts,
  immutable: flag,
  data_key: text,
  data_format: text,
  on_conflict: z.enum(['REPLACE', 'PATCH', 'FAIL']).optional(),
})

const helm = z.strictObject({
  ...common,
  ...kubernetes,
  chart_name: z.string(),
  chart_version: text,
  chart_repo: text,
  upgrade_strategy: z.enum(['VALUES_ONLY', 'FULL_UPGRADE', 'INSTALL_OR_UPGRADE']).optional(),
  values_merge_strategy: text,
  wait: flag,
  wait_timeout: Duration.optional(),
  atomic: flag,
  force: flag,
  cleanup_on_fail: flag,
  no_hooks: flag,
  skip_crds: flag,
  max_history: Count.optional(),
})

const vercel = z.strictObject({
  ...common,
  token: SecretReference,
  project_id: z.string(),
  team_id: text,
  targets: list,
  var_type: z.enum(['plain', 'secret', 'sensitive']).optional(),
  api_url: Endpoint.optional(),
})

const linuxServer = z.strictObject({
  ...common,
  host: z.string(),
  port: Port.optional(),
  private_key: credential,
  passphrase: credential,
  base_path: text,
  file_permissions: text,
  file_owner: text,
  file_group: text,
  create_parent_dirs: flag,
  backup_suffix: text,
  validation_command: text,
  post_write_commands: list,
  continue_on_command_error: flag,
  use_sudo: flag,
  sudo_password: credential,
  enable_sftp: flag,
  host_key_verification: z.enum(['strict', 'accept-new', 'off']).optional(),
  known_hosts_file: text,
})

const consul = z.strictObject({
  ...common,
  endpoint: Endpoint.optional(),
  hosts: z.array(HostPort).optional(),
  token: credential,
  datacenter: text,
  namespace: text,
})

/** The options of sinks that come later, as design has them; a sink that arrives brings its own and its line here goes. */
export const LATER_SINK_OPTIONS = z
  .strictObject({ s3, configmap, helm, vercel, linux_server: linuxServer, consul, mongo: z.unknown(), redis: z.unknown(), zookeeper: z.unknown() })
  .partial()
