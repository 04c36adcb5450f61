import { VarTrackError } from '@vartrack/errors'
import { describe, expect, it } from 'vitest'
import { readConfig } from './index.js'

function refusal(environment: Record<string, string>): VarTrackError {
  try {
    readConfig(environment)
  } catch (error) {
    if (error instanceof VarTrackError) return error
  }
  throw new Error('the environment was accepted')
}

describe('the environment', () => {
  it('needs nothing to be set', () => {
    expect(readConfig({ REDIS_URL: '' })).toMatchObject({
      port: 5657,
      admin: { host: '127.0.0.1', port: 9090 },
      redisUrl: undefined,
      pollIntervalMs: undefined,
      healTimeoutMs: 30_000,
      logLevel: 'info',
      logFormat: 'json',
      sinks: undefined,
      shutdownTimeoutMs: 25_000,
    })
  })

  it('sets everything it names', () => {
    const config = readConfig({
      CONFIG_PATH: '/etc/vartrack/config.cue',
      REDIS_URL: 'rediss://user:pw@redis:6380/2',
      PORT: '80',
      ADMIN_ADDR: ':9000',
      POLL_INTERVAL: '500ms',
      HEAL_TIMEOUT: '1m',
      LOG_LEVEL: 'debug',
      LOG_FORMAT: 'pretty',
      VT_SINKS: 'redis, linux_server',
      VT_CONCURRENCY: '4',
      VT_DATA_DIR: '/var/lib/vartrack',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      SHUTDOWN_TIMEOUT: '1.5s',
    })
    expect(config).toMatchObject({
      configPath: '/etc/vartrack/config.cue',
      redisUrl: 'rediss://user:pw@redis:6380/2',
      admin: { host: '0.0.0.0', port: 9000 },
      pollIntervalMs: 500,
      healTimeoutMs: 60_000,
      sinks: ['redis', 'linux_server'],
      concurrency: 4,
      gitCacheDir: '/var/lib/vartrack/git',
      shutdownTimeoutMs: 1_500,
    })
  })

  it('is refused with every bad variable at once, and without their values', () => {
    const bad = {
      PORT: '70000',
      POLL_INTERVAL: '5',
      LOG_LEVEL: 'loud',
      REDIS_URL: 'http://u:hunter22@x',
      ADMIN_ADDR: 'x',
      VT_SINKS: 'a b',
      VT_CONCURRENCY: '0',
    }
    const error = refusal(bad)
    expect(new Set(error.others.map((other) => other.place.field))).toEqual(new Set(Object.keys(bad)))
    expect(error.message).not.toContain('hunter22')
  })

  it('gives tenants their schema registries, under both spellings of their ids', () => {
    const { schemaTenants } = readConfig({ SCHEMA_TENANT_ACME_EU_REPO: 'acme/schemas', SCHEMA_TENANT_ACME_EU_TOKEN: 't' })
    expect(schemaTenants.get('acme-eu')).toEqual({ repo: 'acme/schemas', branch: 'main', token: 't' })
    expect(schemaTenants.get('acme_eu')).toEqual(schemaTenants.get('acme-eu'))
  })

  it('is refused when a tenant has a branch and no repository', () => {
    expect(refusal({ SCHEMA_TENANT_ACME_BRANCH: 'x' })).toMatchObject({ code: 'config.environment', place: { field: 'SCHEMA_TENANT_ACME_REPO' } })
  })
})
