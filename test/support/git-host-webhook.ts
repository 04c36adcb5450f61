import { createHmac, randomUUID } from 'node:crypto'

/** One ref that moved. `undefined` before: created; after: deleted. */
export interface Push {
  /** Of the host. */
  readonly url: string
  /** `owner/name` */
  readonly repo: string
  readonly ref: string
  readonly before: string | undefined
  readonly after: string | undefined
  readonly defaultBranch?: string
}

export interface WebhookTarget {
  readonly url: string
  readonly secret: string
  /** Which host's headers are sent; default github. */
  readonly kind?: 'github' | 'gitea'
}

export interface DeliveryResult {
  readonly deliveryId: string
  readonly ref: string
  readonly after: string | undefined
  /** 0: nobody answered. */
  readonly status: number
  readonly body: string
}

const ZERO = '0'.repeat(40)

/** The body of a push event as GitHub and Gitea send it, as far as receivers read it. */
export function pushPayload(push: Push): Record<string, unknown> {
  const [owner = '', name = ''] = push.repo.split('/')
  const page = `${push.url}/${push.repo}`
  const commit = push.after === undefined ? null : { id: push.after, message: 'Change configuration', timestamp: new Date().toISOString() }
  return {
    ref: push.ref,
    before: push.before ?? ZERO,
    after: push.after ?? ZERO,
    created: push.before === undefined,
    deleted: push.after === undefined,
    forced: false,
    commits: commit === null ? [] : [commit],
    head_commit: commit,
    repository: {
      id: 1,
      name,
      full_name: push.repo,
      private: false,
      owner: { login: owner, name: owner },
      html_url: page,
      clone_url: `${page}.git`,
      default_branch: push.defaultBranch ?? 'main',
    },
    pusher: { name: 'git-host', email: 'git@host.test' },
    sender: { login: 'git-host' },
  }
}

/** What happened to a pull request. */
export interface PullRequestEvent {
  readonly url: string
  readonly repo: string
  readonly action: 'opened' | 'synchronize' | 'closed'
  readonly number: number
  readonly head: { readonly ref: string; readonly sha: string }
  readonly base: string
}

/** Signs and sends one push event. Never throws: what went wrong stands in the result, as on a real host's delivery page. */
export async function deliverPush(target: WebhookTarget, push: Push, deliveryId: string = randomUUID()): Promise<DeliveryResult> {
  return deliver(target, 'push', pushPayload(push), { deliveryId, ref: push.ref, after: push.after })
}

/** The same for a pull request. */
export async function deliverPullRequest(target: WebhookTarget, event: PullRequestEvent): Promise<DeliveryResult> {
  const { repository } = pushPayload({ url: event.url, repo: event.repo, ref: '', before: undefined, after: undefined })
  const { action, number, head, base } = event
  const payload = { action, number, pull_request: { number, head, base: { ref: base } }, repository }
  return deliver(target, 'pull_request', payload, { deliveryId: randomUUID(), ref: `refs/pull/${number}/head`, after: head.sha })
}

async function deliver(
  target: WebhookTarget,
  event: string,
  payload: Record<string, unknown>,
  result: Pick<DeliveryResult, 'deliveryId' | 'ref' | 'after'>,
): Promise<DeliveryResult> {
  const body = Buffer.from(JSON.stringify(payload))
  const signature = createHmac('sha256', target.secret).update(body).digest('hex')
  try {
    const response = await fetch(target.url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...eventHeaders(target.kind ?? 'github', event, signature, result.deliveryId) },
      signal: AbortSignal.timeout(10_000),
    })
    return { ...result, status: response.status, body: await response.text() }
  } catch (error) {
    return { ...result, status: 0, body: error instanceof Error ? error.message : String(error) }
  }
}

function eventHeaders(kind: 'github' | 'gitea', event: string, signature: string, deliveryId: string): Record<string, string> {
  if (kind === 'gitea') return { 'x-gitea-event': event, 'x-gitea-delivery': deliveryId, 'x-gitea-signature': signature }
  return { 'x-github-event': event, 'x-github-delivery': deliveryId, 'x-hub-signature-256': `sha256=${signature}` }
}
