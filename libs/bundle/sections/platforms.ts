import { SecretReference } from '@vartrack/sink-kit'
import { z } from 'zod'
import type { Platform, PlatformKind } from '../contract.js'
import { notAvailable } from '../later/not-available.js'
import { parseTolerantly } from '../parse-tolerantly.js'
import { fieldName, type Path, type Report } from '../problems.js'
import { Count, Endpoint, Line, Tag, TimeSpan } from '../scalars.js'
import { type Block, readBlocks } from './blocks.js'

const PlatformFields = z.strictObject({
  tag: Tag.optional(),
  endpoint: Endpoint,
  protocol: z.enum(['https', 'ssh']).default('https'),
  secret: SecretReference,
  token: SecretReference.optional(),
  org_name: Line.optional(),
  verify_ssl: z.boolean().default(true),
  timeout: TimeSpan.default(30_000),
  max_retries: Count.default(3),
  push_event_name: Line.optional(),
  pr_event_name: Line.optional(),
  event_type_header: Line.optional(),
  git_scm_signature: Line.optional(),
})
type PlatformFields = z.infer<typeof PlatformFields>

type Events = Pick<Platform, 'pushEventName' | 'prEventName' | 'eventTypeHeader' | 'signatureHeader'>

/** What each kind of host calls its events and headers. */
const EVENTS: Readonly<Record<PlatformKind, Events>> = {
  github: { pushEventName: 'push', prEventName: 'pull_request', eventTypeHeader: 'x-github-event', signatureHeader: 'x-hub-signature-256' },
  gitea: { pushEventName: 'push', prEventName: 'pull_request', eventTypeHeader: 'x-gitea-event', signatureHeader: 'x-gitea-signature' },
}
const KINDS = ['github', 'gitea', 'gitlab', 'bitbucket'] as const

/** The platforms of the bundle by name; `undefined` for one with faults, so that rules may still name it. */
export function readPlatforms(raw: readonly unknown[], path: Path, report: Report): Map<string, Platform | undefined> {
  const blocks = readBlocks({ raw, path, kinds: KINDS, unknownCode: 'bundle.unknown_platform_kind' }, report)
  return new Map(blocks.map((block) => [block.name, readPlatform(block, report)]))
}

function readPlatform(block: Block<(typeof KINDS)[number]>, report: Report): Platform | undefined {
  const fields = parseTolerantly(PlatformFields, block.fields, block.path, report)
  if (fields?.secret === '') reportEmptySecret([...block.path, 'secret'], report)
  if (block.kind === 'gitlab' || block.kind === 'bitbucket') {
    report(notAvailable(block.path, `The platform ${block.kind}`))
    return undefined
  }
  return fields && platformOf(block.kind, block.name, fields)
}

function platformOf(kind: PlatformKind, name: string, fields: PlatformFields): Platform {
  const events = EVENTS[kind]
  return {
    kind,
    name,
    endpoint: fields.endpoint,
    protocol: fields.protocol,
    secret: fields.secret,
    token: fields.token,
    orgName: fields.org_name,
    verifySsl: fields.verify_ssl,
    timeoutMs: fields.timeout,
    maxRetries: fields.max_retries,
    pushEventName: fields.push_event_name ?? events.pushEventName,
    prEventName: fields.pr_event_name ?? events.prEventName,
    eventTypeHeader: fields.event_type_header?.toLowerCase() ?? events.eventTypeHeader,
    signatureHeader: fields.git_scm_signature?.toLowerCase() ?? events.signatureHeader,
  }
}

/** With an empty key anybody could sign. */
function reportEmptySecret(path: Path, report: Report): void {
  report({ code: 'bundle.bad_credential', message: `${fieldName(path)} is empty.`, remedy: 'Give the secret that signs the webhooks.', path })
}
