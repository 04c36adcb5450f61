import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { VarTrackError } from '@vartrack/errors'
import { z } from 'zod'
import { badVariable } from './bad-variable.js'
import { parseDuration } from './duration.js'
import { readSchemaTenants, type SchemaTenant } from './schema-tenants.js'

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What the environment says, with every default filled in; durations in ms. docs/operations.md lists the variables. */
export interface Config {
  readonly configPath: string
  /** `undefined`: standalone starts its own Redis; every other process refuses to start. */
  readonly redisUrl: string | undefined
  /** Before every key in Redis. The braces keep them in one slot of a cluster. */
  readonly redisPrefix: string
  readonly port: number
  readonly admin: { readonly host: string; readonly port: number }
  /** Where the bundle does not say. */
  readonly pollIntervalMs: number | undefined
  readonly healTimeoutMs: number
  readonly logLevel: LogLevel
  readonly logFormat: 'json' | 'pretty'
  /** Sink types whose writers run here; `undefined`: all. */
  readonly sinks: readonly string[] | undefined
  /** Jobs of one queue worked at once in this process. */
  readonly concurrency: number
  readonly gitCacheDir: string
  readonly dataDir: string
  /** What can be fetched or built again: the embedded Redis server. */
  readonly cacheDir: string
  readonly otlpEndpoint: string | undefined
  readonly shutdownTimeoutMs: number
  /** Schema registries of tenants, by tenant id. */
  readonly schemaTenants: ReadonlyMap<string, SchemaTenant>
  /** The environment itself, for credentials that the bundle names as `{env}`. */
  readonly environment: Environment
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

const duration = z.string().transform((text, context) => {
  const ms = parseDuration(text)
  if (ms !== undefined && ms > 0) return ms
  context.addIssue({ code: 'custom', message: 'is no duration such as 500ms, 30s, 5m or 1h' })
  return z.NEVER
})

const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `is no whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((number) => number >= least && number <= most, `is not from ${least} to ${most}`)

const address = z.string().transform((text, context) => {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s]*)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  if (match && port <= 65_535) return { host: match[1] ?? (match[2] || '0.0.0.0'), port }
  context.addIssue({ code: 'custom', message: 'is no host:port such as 127.0.0.1:9090' })
  return z.NEVER
})

const url = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `is no URL that starts with ${protocols.map((name) => `${name}//`).join(' or ')}`,
    )

const list = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((parts) => parts.every((part) => /^[a-z][a-z0-9_]*$/.test(part)), 'is no list of sink types such as redis,mongo')

const Variables = z.object({
  CONFIG_PATH: z.string().default('config.cue'),
  REDIS_URL: url('redis:', 'rediss:').optional(),
  PORT: whole(0, 65_535).default(5657),
  ADMIN_ADDR: address.default({ host: '127.0.0.1', port: 9090 }),
  POLL_INTERVAL: duration.optional(),
  HEAL_TIMEOUT: duration.default(30_000),
  LOG_LEVEL: z.enum(LOG_LEVELS, `is not one of ${LOG_LEVELS.join(', ')}`).default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty'], 'is neither json nor pretty').default('json'),
  VT_SINKS: list.optional(),
  VT_CONCURRENCY: whole(1, 1_000).default(16),
  VT_DATA_DIR: z.string().optional(),
  VT_CACHE_DIR: z.string().optional(),
  XDG_CACHE_HOME: z.string().optional(),
  XDG_DATA_HOME: z.string().optional(),
  GIT_CACHE_DIR: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http:', 'https:').optional(),
  SHUTDOWN_TIMEOUT: duration.default(25_000),
})

/**
 * Reads the environment; no other folder does.
 * @throws VarTrackError `config.environment` with every bad variable in `others`
 */
export function readConfig(environment: Environment = process.env): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''))
  const variables = Variables.safeParse(given)
  const tenants = readSchemaTenants(given)
  const problems = [
    ...(variables.success ? [] : variables.error.issues.map((issue) => badVariable(String(issue.path[0]), issue.message))),
    ...tenants.problems,
  ]
  if (!variables.success || problems.length > 0) throw refusal(problems)
  return { ...toConfig(variables.data), schemaTenants: tenants.tenants, environment }
}

function toConfig(from: z.infer<typeof Variables>): Omit<Config, 'schemaTenants' | 'environment'> {
  const dataDir = resolve(from.VT_DATA_DIR ?? join(from.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'vartrack'))
  return {
    configPath: resolve(from.CONFIG_PATH),
    redisUrl: from.REDIS_URL,
    redisPrefix: '{vartrack}',
    port: from.PORT,
    admin: from.ADMIN_ADDR,
    pollIntervalMs: from.POLL_INTERVAL,
    healTimeoutMs: from.HEAL_TIMEOUT,
    logLevel: from.LOG_LEVEL,
    logFormat: from.LOG_FORMAT,
    sinks: from.VT_SINKS,
    concurrency: from.VT_CONCURRENCY,
    gitCacheDir: resolve(from.GIT_CACHE_DIR ?? join(dataDir, 'git')),
    dataDir,
    cacheDir: resolve(from.VT_CACHE_DIR ?? join(from.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'vartrack')),
    otlpEndpoint: from.OTEL_EXPORTER_OTLP_ENDPOINT,
    shutdownTimeoutMs: from.SHUTDOWN_TIMEOUT,
  }
}

function refusal(problems: readonly VarTrackError[]): VarTrackError {
  const [only] = problems
  if (only && problems.length === 1) return only
  const message = problems.map((problem) => problem.message).join(' ')
  return new VarTrackError({ code: 'config.environment', message, remedy: 'docs/operations.md lists what each may be.', others: problems })
}
