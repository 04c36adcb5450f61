import { commonOptions, HostPort } from '@vartrack/sink-kit'
import { z } from 'zod'

/** The `mongo` block of a datasource. Files are paths on the machine of the writer. */
export const MongoOptions = z
  .strictObject({
    ...commonOptions,
    /** `mongodb://` or `mongodb+srv://`. */
    endpoint: z
      .string()
      .regex(/^mongodb(\+srv)?:\/\/[^/]/, '"mongodb://..."')
      .optional(),
    hosts: z.array(HostPort).min(1).optional(),
    database: z.string().regex(/^[^/\\. "$*<>:|?\0]{1,63}$/),
    /** The destination of rules without a template of their own. */
    collection: z.string().min(1).default('variables'),
    /** The environment becomes part of it: `variables_production`. */
    env_as_collection: z.boolean().default(false),
    update_strategy: z.enum(['STRATEGY_KEY', 'STRATEGY_DOCUMENT', 'STRATEGY_FILE']).default('STRATEGY_KEY'),
    auth_source: z.string().optional(),
    auth_mechanism: z.enum(['DEFAULT', 'SCRAM-SHA-1', 'SCRAM-SHA-256', 'MONGODB-X509', 'PLAIN']).optional(),
    replica_set: z.string().optional(),
    max_pool_size: z.number().int().min(1).max(1000).default(10),
    tls_enabled: z.boolean().optional(),
    ssl: z.boolean().optional(),
    tls_verify: z.boolean().default(true),
    tls_ca_file: z.string().optional(),
    tls_cert_key_file: z.string().optional(),
  })
  .superRefine((options, context) => {
    const refuse = (field: string, message: string, params = {}) => context.addIssue({ code: 'custom', path: [field], message, params })
    if ((options.endpoint === undefined) === (options.hosts === undefined)) refuse('endpoint', 'give either endpoint or hosts')
  })
export type MongoOptions = z.infer<typeof MongoOptions>
