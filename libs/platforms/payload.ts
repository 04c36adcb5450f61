import { VarTrackError } from '@vartrack/errors'
import { z } from 'zod'
import type { PlatformEvent } from './contract.js'
import { BranchName, FullRef } from './ref-name.js'

/** `owner/name`; parts never start with a dash, are never dots alone, and hold no character that means something in a path, URL or shell. */
export const RepositoryName = z
  .string()
  .max(256)
  .regex(/^(?!.*\/\.{1,2}(\/|$))[A-Za-z0-9_][\w.-]*(\/[A-Za-z0-9_.][\w.-]*)+$/, 'must be owner/name')
const ObjectId = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'must be a commit id')

/** The repository part of every payload. Unknown fields are left alone: hosts add some with each release. */
export const Repository = z.object({ full_name: RepositoryName, default_branch: BranchName.default('main') })

const Push = z.object({ ref: FullRef, before: ObjectId, after: ObjectId, deleted: z.boolean().optional(), repository: Repository })
const Delete = z.object({ ref: BranchName, ref_type: z.enum(['branch', 'tag']), repository: Repository })
const PullRequest = z.object({
  action: z.string().max(64),
  number: z.number().int().positive(),
  pull_request: z.object({ head: z.object({ ref: BranchName, sha: ObjectId }), base: z.object({ ref: BranchName }) }),
  repository: Repository,
})

/** A push of commits, or of a ref's end. */
export function readPush(body: unknown, deliveryId: string): PlatformEvent {
  const { ref, before, after, deleted, repository } = parse(Push, body, 'push')
  return {
    kind: 'push',
    repo: repository.full_name,
    ref,
    before: known(before),
    after: deleted === true ? undefined : known(after),
    defaultBranch: repository.default_branch,
    deliveryId,
  }
}

/** The deletion of a branch or tag, as hosts tell it that send no push for it. */
export function readDelete(body: unknown, deliveryId: string): PlatformEvent {
  const { ref, ref_type, repository } = parse(Delete, body, 'delete')
  const full = `refs/${ref_type === 'branch' ? 'heads' : 'tags'}/${ref.replace(/^refs\/(heads|tags)\//, '')}`
  const defaultBranch = repository.default_branch
  return { kind: 'push', repo: repository.full_name, ref: full, before: undefined, after: undefined, defaultBranch, deliveryId }
}

/** @param updating the host's words for what changes the commits or the base of a pull request */
export function readPullRequest(body: unknown, deliveryId: string, updating: readonly string[]): PlatformEvent {
  const { action, number, pull_request, repository } = parse(PullRequest, body, 'pull_request')
  const closed = action === 'closed'
  if (!closed && !updating.includes(action)) return { kind: 'unhandled', name: `pull_request.${action}`, deliveryId }
  return {
    kind: 'pull_request',
    repo: repository.full_name,
    number,
    action: closed ? 'closed' : 'updated',
    head: pull_request.head.ref,
    base: pull_request.base.ref,
    ref: `refs/pull/${number}/head`,
    headCommit: pull_request.head.sha,
    defaultBranch: repository.default_branch,
    deliveryId,
  }
}

function parse<T>(schema: z.ZodType<T>, body: unknown, event: string): T {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`)
  throw new VarTrackError({
    code: 'webhook.payload',
    message: `The body is not a ${event} event: ${problems.join('; ')}.`,
    remedy: 'Send the event as the Git host documents it, with content type application/json.',
    status: 400,
  })
}

/** Hosts write "no commit" as zeros. */
function known(id: string): string | undefined {
  return /^0+$/.test(id) ? undefined : id
}
