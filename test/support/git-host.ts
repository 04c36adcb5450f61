import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHostedRepository, type HostedRepository, readRefs } from './git-host-repository.js'
import { type DeliveryResult, deliverPush, type Push, type WebhookTarget } from './git-host-webhook.js'
import { serveHttpBackend } from './git-http-backend.js'

export type { CommitOptions, FileChanges, HostedRepository } from './git-host-repository.js'
export type { DeliveryResult, PullRequestEvent, Push, WebhookTarget } from './git-host-webhook.js'
export { deliverPullRequest, deliverPush, pushPayload } from './git-host-webhook.js'

/** What the host does instead of serving, until it is set back to `undefined`. */
export type GitFault =
  | { readonly kind: 'status'; readonly status: number }
  /** Accepts the request and never answers. */
  | { readonly kind: 'hang' }
  /** Resets the connection of every request. */
  | { readonly kind: 'reset' }
  /** Cuts the connection after so many bytes of the pack's answer. */
  | { readonly kind: 'truncate'; readonly afterBytes: number }
  | { readonly kind: 'redirect'; readonly to: string }

export interface GitHostOptions {
  /** Every request must carry this password (any user name) as Basic authentication. */
  readonly password?: string
  /** Told of every ref that a push or `commitFiles` moved. */
  readonly webhook?: WebhookTarget
  /** Port on loopback; default: a free one. */
  readonly port?: number
  /** Where the bare repositories lie; default: a temporary directory, removed on close. */
  readonly dir?: string
}

/** A Git host over HTTP for tests, benchmarks and the demo: real `git http-backend`, real webhooks, and faults on demand. */
export interface GitHost extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`; a repository is at `<url>/<owner>/<name>.git`. */
  readonly url: string
  fault: GitFault | undefined
  webhook: WebhookTarget | undefined
  /** How often something was asked of the host. */
  readonly requests: { count: number }
  /** Outcomes of the webhooks sent so far, oldest first. */
  readonly deliveries: DeliveryResult[]
  /** Makes an empty repository whose default branch is `main`. `name` is `owner/name`. */
  createRepository(name: string): Promise<HostedRepository>
  close(): Promise<void>
}

/** Starts the host. Ends with `close()`, which also removes a temporary directory. */
export async function startGitHost(options: GitHostOptions = {}): Promise<GitHost> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'vartrack-git-host-')))
  const server = createServer((request, response) => {
    serve(host, dir, options, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)))
    })
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    if (options.dir === undefined) await rm(dir, { recursive: true, force: true })
  }
  const host: GitHost = {
    url,
    fault: undefined,
    webhook: options.webhook,
    requests: { count: 0 },
    deliveries: [],
    createRepository: (name) => createHostedRepository(dir, url, name, (push) => announce(host, push)),
    close,
    [Symbol.asyncDispose]: close,
  }
  return host
}

async function serve(host: GitHost, dir: string, options: GitHostOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  host.requests.count += 1
  if (applyFault(host.fault, response)) return
  if (!isAuthorised(request, options.password)) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('authentication required\n')
    return
  }
  const cutAfter = host.fault?.kind === 'truncate' && request.method === 'POST' ? host.fault.afterBytes : undefined
  const pushed = request.url?.match(/^\/(.+)\.git\/git-receive-pack$/)?.[1]
  if (pushed === undefined || request.method !== 'POST') return await serveHttpBackend(dir, request, response, cutAfter)
  const before = await readRefs(join(dir, `${pushed}.git`))
  await serveHttpBackend(dir, request, response, cutAfter)
  const after = await readRefs(join(dir, `${pushed}.git`))
  for (const ref of new Set([...before.keys(), ...after.keys()])) {
    if (before.get(ref) !== after.get(ref)) await announce(host, { url: host.url, repo: pushed, ref, before: before.get(ref), after: after.get(ref) })
  }
}

/** True when the fault has taken the request over. */
function applyFault(fault: GitFault | undefined, response: ServerResponse): boolean {
  if (fault === undefined || fault.kind === 'truncate') return false
  if (fault.kind === 'status') response.writeHead(fault.status).end('fault\n')
  if (fault.kind === 'reset') response.socket?.resetAndDestroy()
  if (fault.kind === 'redirect') response.writeHead(302, { location: fault.to }).end()
  return true
}

function isAuthorised(request: IncomingMessage, password: string | undefined): boolean {
  if (password === undefined) return true
  const encoded = request.headers.authorization?.match(/^Basic (.+)$/)?.[1] ?? ''
  return Buffer.from(encoded, 'base64').toString().split(':').slice(1).join(':') === password
}

async function announce(host: GitHost, push: Push): Promise<void> {
  if (host.webhook !== undefined) host.deliveries.push(await deliverPush(host.webhook, push))
}
