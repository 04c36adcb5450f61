import { commonOptions, Duration, HostPort, Port, SecretReference } from '@vartrack/sink-kit'
import { z } from 'zod'

const NOT_YET = { code: 'bundle.not_available', remedy: 'Use HASH or STRING.' }

/** The `redis` block of a datasource. Files are paths on the machine of the writer. */
export const RedisOptions = z
  .strictObject({
    ...commonOptions,
    host: z.string().min(1).default('localhost'),
    port: Port.default(6379),
    /** Nodes of a cluster, or the sentinels. */
    hosts: z.array(HostPort).min(1).optional(),
    db: z.number().int().nonnegative().optional(),
    database: z.number().int().nonnegative().optional(),
    deployment_mode: z.enum(['STANDALONE', 'CLUSTER', 'SENTINEL']).default('STANDALONE'),
    sentinel_master: z.string().min(1).optional(),
    /** Of the sentinels themselves; `username` and `password` are those of the servers they watch over. */
    sentinel_username: z.string().optional(),
    sentinel_password: SecretReference.optional(),
    /** `HASH`: a field per key. `STRING`: `<location><separator><key>`. */
    data_structure: z.enum(['HASH', 'STRING', 'JSON']).default('HASH'),
    /** How long what was written stays: a duration or milliseconds. Unset: for ever. */
    ttl: Duration.optional(),
    key_separator: z.string().min(1).max(8).default(':'),
    /** The destination of rules without a template of their own. */
    key_prefix: z.string().min(1).default('vartrack:{env}'),
    enable_tls: z.boolean().default(false),
    tls_verify: z.boolean().default(true),
    tls_ca: z.string().optional(),
    tls_cert: z.string().optional(),
    tls_key: z.string().optional(),
  })
  .superRefine((options, context) => {
    const refuse = (field: string, message: string, params = {}) => context.addIssue({ code: 'custom', path: [field], message, params })
    if (options.data_structure === 'JSON') refuse('data_structure', 'JSON is not available yet', NOT_YET)
    if (options.db !== undefined && options.database !== undefined && options.db !== options.database) refuse('database', 'differs from db')
    if (options.deployment_mode !== 'STANDALONE' && !options.hosts) refuse('hosts', `${options.deployment_mode} needs the hosts`)
    if (options.deployment_mode === 'SENTINEL' && !options.sentinel_master) refuse('sentinel_master', 'SENTINEL needs the name of the master')
    for (const field of ['tls_ca', 'tls_cert', 'tls_key'] as const) {
      if (options[field] !== undefined && !options.enable_tls)
        refuse(field, 'has no effect without enable_tls; the connection would be in clear text')
    }
    if ((options.tls_cert === undefined) !== (options.tls_key === undefined)) refuse('tls_cert', 'tls_cert and tls_key go together')
    if (options.deployment_mode === 'CLUSTER' && options.data_structure === 'STRING') {
      refuse('data_structure', 'in a CLUSTER the keys of one destination lie on several nodes, where no write can be atomic; use HASH')
    }
    if (options.deployment_mode === 'CLUSTER' && (options.db ?? options.database ?? 0) !== 0) refuse('db', 'a CLUSTER has database 0 alone')
  })
export type RedisOptions = z.infer<typeof RedisOptions>
