import type { Bundle, Platform, Rule } from '@vartrack/bundle'
import { LIMIT_DEFAULTS, SETTING_DEFAULTS } from '@vartrack/bundle/setting-defaults'
import type { CompileOptions } from '@vartrack/core'
import type { Target } from '@vartrack/state'

/** GitHub as a bundle has it that names no more than it must. A test changes what it is about. */
export const samplePlatform: Platform = {
  kind: 'github',
  name: 'github',
  endpoint: 'https://github.com',
  protocol: 'https',
  secret: 's3cret',
  token: undefined,
  orgName: undefined,
  verifySsl: true,
  timeoutMs: 30_000,
  maxRetries: 3,
  pushEventName: 'push',
  prEventName: 'pull_request',
  eventTypeHeader: 'X-GitHub-Event',
  signatureHeader: 'X-Hub-Signature-256',
}

/** `app.yaml` of every repository of acme to Redis, from the branch main as production. */
export const sampleRule: Rule = {
  ...SETTING_DEFAULTS,
  name: 'app',
  enabled: true,
  platform: 'github',
  datasources: ['redis'],
  tenant: undefined,
  repositories: ['acme/*'],
  excludeRepositories: [],
  repositoryOverrides: {},
  destinationTemplate: '{env}',
  fileName: 'app.yaml',
  branchMap: { main: 'production' },
  overridable: [],
  selfHeal: false,
  pollIntervalMs: undefined,
  onFailure: 'rollback',
  onBranchDelete: 'keep',
  schema: undefined,
}

/** The sample platform and rule, with a datasource for it. */
export const sampleBundle: Bundle = {
  platforms: [samplePlatform],
  datasources: [{ name: 'redis', type: 'redis', options: {}, printable: {} }],
  rules: [sampleRule],
  tenant: undefined,
  tenants: [],
  schemaRegistry: undefined,
  auth: undefined,
  globalTags: {},
  limits: LIMIT_DEFAULTS,
  maxWebhookBodyBytes: 1024 * 1024,
  pollIntervalMs: 60_000,
  digest: 'd'.repeat(64),
  notices: [],
}

/** What acme/app owns in Redis as the sample rule has it. */
export const sampleTarget: Target = {
  datasource: 'redis',
  location: 'production:app',
  source: 'github/acme/app',
  platform: 'github',
  repo: 'acme/app',
  ref: 'refs/heads/main',
  environment: 'production',
  rules: ['app'],
  generation: 3,
  commit: 'b'.repeat(40),
  digest: 'e'.repeat(64),
  entries: 2,
  syncMode: 'AUTO',
  prune: { enabled: false, scope: 'owned', last: false, dryRun: false, protection: [] },
  onFailure: 'rollback',
  selfHeal: true,
  dryRun: false,
  repair: false,
  undo: true,
}

/** A JSON file that the core takes whole, without environments. */
export const sampleCompileOptions: CompileOptions = {
  file: 'app.json',
  environment: 'production',
  names: [],
  rootKey: '',
  rootKeyOptional: false,
  rootKeyAnyDepth: false,
  variables: {},
  arrays: 'index',
  limits: LIMIT_DEFAULTS,
}
