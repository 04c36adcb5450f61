import { BranchName, FullRef, RepositoryName } from '@vartrack/platforms'
import { z } from 'zod'
import { createKnownRepositories } from '../known-repositories.js'
import { correlationOf } from '../request-context.js'
import { type Api, notFound, readInput } from './request.js'

const Name = z.string().min(1).max(256)

const SyncInput = z.strictObject({
  platform: Name,
  /** `owner/name` */
  repository: RepositoryName,
  /** A branch's name, or a full ref of a branch or tag. Pull requests resolve their environment from their event alone. */
  ref: z
    .union([FullRef, BranchName])
    .refine((ref) => /^refs\/(heads|tags)\/[^-]|^(?!refs\/)/.test(ref), 'must be a branch, refs/heads/... or refs/tags/...'),
  datasource: Name.optional(),
  dry_run: z.boolean().default(false),
})

/** `POST /api/v1/sync`: read the head of a ref and bring it to its destinations, whatever the last push touched. */
export function addSyncRoute(api: Api): void {
  const { bundle, producer } = api.dependencies
  const isKnown = createKnownRepositories(bundle)
  api.router.post('/sync', async (context) => {
    const input = await readInput(api, context, SyncInput)
    const { platform, repository: repo, datasource } = input
    if (!bundle().platforms.some((each) => each.name === platform)) throw notFound(`The platform ${platform}`)
    if (datasource !== undefined && !bundle().datasources.some((each) => each.name === datasource)) throw notFound(`The datasource ${datasource}`)
    if (!isKnown(platform, repo, datasource))
      throw notFound(`A rule for the repository ${repo}${datasource === undefined ? '' : ` and ${datasource}`}`)
    const ref = input.ref.startsWith('refs/') ? input.ref : `refs/heads/${input.ref}`
    const correlation = correlationOf(context)
    const narrowed = datasource === undefined ? {} : { datasource }
    const job = await producer.add('plan', { correlation, cause: 'sync', platform, repo, ref, ...narrowed, dryRun: input.dry_run, full: true })
    context.status = 202
    context.body = { status: 'accepted', job, request_id: correlation }
  })
}
