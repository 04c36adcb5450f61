import { createHmac } from 'node:crypto'
import { createRequire } from 'node:module'
import type { Platform } from '@vartrack/bundle'
import { describe, expect, it } from 'vitest'
import { samplePlatform } from '../../test/support/samples.js'
import { belongsToPlatform, findPlatform, platformHandlers } from './index.js'

interface Example {
  readonly name: string
  readonly examples: readonly (Record<string, unknown> & { readonly action?: string })[]
}

const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly Example[]
const examplesOf = (name: string) => examples.find((each) => each.name === name)?.examples ?? []

const giteaPlatform: Platform = {
  ...samplePlatform,
  kind: 'gitea',
  name: 'gitea',
  endpoint: 'https://git.example.com:3000',
  eventTypeHeader: 'X-Gitea-Event',
  signatureHeader: 'X-Gitea-Signature',
}
const { github, gitea } = platformHandlers
const githubHeaders = (event: string) => ({ 'x-github-event': event, 'x-github-delivery': 'd-1' })
const giteaHeaders = (event: string) => ({ ...githubHeaders(event), 'x-gitea-event': event, 'x-gitea-delivery': 'd-2' })
const repository = { full_name: 'acme/app', default_branch: 'trunk', html_url: 'https://git.example.com:3000/acme/app' }
const commit = 'a'.repeat(40)
const zero = '0'.repeat(40)
const on = (host: string, name = 'acme/app') => ({ repository: { full_name: name, html_url: `https://${host}/${name}` } })

describe('GitHub payloads', () => {
  it.each(examplesOf('push').map((body, index) => [index, body] as const))('reads push example %i', (_, body) => {
    expect(findPlatform(githubHeaders('push'), body, [samplePlatform, giteaPlatform])).toBe(samplePlatform)
    const gone = body['deleted'] === true
    expect(github.normalise(githubHeaders('push'), body, samplePlatform)).toEqual({
      kind: 'push',
      repo: 'Codertocat/Hello-World',
      ref: body['ref'],
      before: body['before'] === zero ? undefined : body['before'],
      after: gone ? undefined : body['after'],
      defaultBranch: 'master',
      deliveryId: 'd-1',
    })
  })

  const handled = ['opened', 'reopened', 'synchronize', 'edited', 'closed']
  const pullRequests = examplesOf('pull_request').map((body, index) => [index, body.action ?? '', body] as const)

  it.each(pullRequests.filter(([, action]) => handled.includes(action)))('reads pull request example %i, %s', (_, action, body) => {
    expect(github.normalise(githubHeaders('pull_request'), body, samplePlatform)).toEqual({
      kind: 'pull_request',
      repo: 'Codertocat/Hello-World',
      number: 2,
      action: action === 'closed' ? 'closed' : 'updated',
      head: 'changes',
      base: 'master',
      ref: 'refs/pull/2/head',
      headCommit: 'ec26c3e57ca3a959ca5aad62de7213c562f8c821',
      defaultBranch: 'master',
      deliveryId: 'd-1',
    })
  })

  it.each(pullRequests.filter(([, action]) => !handled.includes(action)))('leaves pull request example %i, %s, alone', (_, action, body) => {
    const event = github.normalise(githubHeaders('pull_request'), body, samplePlatform)
    expect(event).toEqual({ kind: 'unhandled', name: `pull_request.${action}`, deliveryId: 'd-1' })
  })

  it('leaves every other documented event alone', () => {
    for (const { name, examples: bodies } of examples.filter((each) => !['push', 'pull_request', 'delete'].includes(each.name))) {
      for (const body of bodies) expect(github.normalise(githubHeaders(name), body, samplePlatform)).toMatchObject({ kind: 'unhandled', name })
    }
  })

  it('reads the deletion of a branch', () => {
    expect(github.normalise(githubHeaders('delete'), examplesOf('delete')[0], samplePlatform)).toMatchObject({ kind: 'push', after: undefined })
  })
})

describe('Gitea payloads', () => {
  it('are not taken for GitHub, though they carry its headers', () => {
    expect(findPlatform(giteaHeaders('push'), { repository }, [samplePlatform, giteaPlatform])).toBe(giteaPlatform)
  })

  it('give push, deletion and pull request', () => {
    const push = { ref: 'refs/heads/feature/x', before: zero, after: commit, repository, commits: [], pusher: { login: 'jo' } }
    expect(gitea.normalise(giteaHeaders('push'), push, giteaPlatform)).toMatchObject({
      ref: 'refs/heads/feature/x',
      before: undefined,
      after: commit,
    })
    const gone = { ref: 'feature/x', ref_type: 'branch', pusher_type: 'user', repository }
    expect(gitea.normalise(giteaHeaders('delete'), gone, giteaPlatform)).toMatchObject({ ref: 'refs/heads/feature/x', after: undefined })
    const request = { action: 'synchronized', number: 7, pull_request: { head: { ref: 'x', sha: commit }, base: { ref: 'trunk' } }, repository }
    expect(gitea.normalise(giteaHeaders('pull_request'), request, giteaPlatform)).toMatchObject({
      action: 'updated',
      number: 7,
      defaultBranch: 'trunk',
    })
  })
})

describe('signature', () => {
  const body = Buffer.from('{"a": "\u00fc\ud83d"}')
  const hex = (secret: string, bytes = body) => createHmac('sha256', secret).update(bytes).digest('hex')
  const code = (headers: Record<string, string>, secret = 's3cret') => {
    try {
      github.verify(headers, body, secret, samplePlatform)
      return 'accepted'
    } catch (error) {
      const { code, status } = error as { code: string; status: number }
      return `${status} ${code}`
    }
  }

  it.each([
    ['right', { 'x-hub-signature-256': `sha256=${hex('s3cret')}` }, 'accepted'],
    ['missing', {}, '401 webhook.signature_missing'],
    ['empty', { 'x-hub-signature-256': '' }, '401 webhook.signature_missing'],
    ['of another secret', { 'x-hub-signature-256': `sha256=${hex('other')}` }, '401 webhook.signature_wrong'],
    ['of another body', { 'x-hub-signature-256': `sha256=${hex('s3cret', Buffer.from('{}'))}` }, '401 webhook.signature_wrong'],
    ['short', { 'x-hub-signature-256': `sha256=${hex('s3cret').slice(0, 8)}` }, '401 webhook.signature_malformed'],
    ['without its prefix', { 'x-hub-signature-256': hex('s3cret') }, '401 webhook.signature_malformed'],
    ['of no hex', { 'x-hub-signature-256': `sha256=${'z'.repeat(64)}` }, '401 webhook.signature_malformed'],
    ['sha1 in place', { 'x-hub-signature-256': `sha1=${'a'.repeat(40)}` }, '401 webhook.signature_sha1'],
    ['sha1 alone', { 'x-hub-signature': `sha1=${'a'.repeat(40)}` }, '401 webhook.signature_sha1'],
  ])('that is %s: %s', (_, headers, expected) => {
    expect(code(headers as Record<string, string>)).toBe(expected)
  })

  it('is refused when no secret is configured, even when it was made with the empty one', () => {
    expect(code({ 'x-hub-signature-256': `sha256=${hex('')}` }, '')).toBe('401 webhook.signature_unconfigured')
  })

  it('of Gitea is bare hex', () => {
    expect(() => gitea.verify({ 'x-gitea-signature': hex('s3cret') }, body, 's3cret', giteaPlatform)).not.toThrow()
    expect(() => gitea.verify({ 'x-gitea-signature': hex('other') }, body, 's3cret', giteaPlatform)).toThrow(/does not fit/)
  })
})

describe('payload that is not what its name says', () => {
  const push = { ref: 'refs/heads/main', before: zero, after: commit, repository }
  it.each([
    ['no object', null],
    ['a list', []],
    ['a short ref', { ...push, ref: 'main' }],
    ['a ref with a newline', { ...push, ref: 'refs/heads/a\nb' }],
    ['a ref that is a number', { ...push, ref: 1 }],
    ['an abbreviated commit', { ...push, after: 'abc' }],
    ['no repository', { ...push, repository: undefined }],
    ['a repository that climbs', { ...push, repository: { ...repository, full_name: 'acme/../etc' } }],
    ['a repository like an option', { ...push, repository: { ...repository, full_name: '--upload-pack=x/y' } }],
    ['a repository named like an option', { ...push, repository: { ...repository, full_name: 'acme/--x' } }],
    ['a repository without owner', { ...push, repository: { ...repository, full_name: 'app' } }],
    ['a repository of dots', { ...push, repository: { ...repository, full_name: 'acme/..' } }],
  ])('is refused: %s', (_, body) => {
    expect(() => github.normalise(githubHeaders('push'), body, samplePlatform)).toThrow(
      expect.objectContaining({ code: 'webhook.payload', status: 400 }),
    )
  })

  it('is refused without a delivery id', () => {
    expect(() => github.normalise({ 'x-github-event': 'push' }, push, samplePlatform)).toThrow(/x-github-delivery/)
  })
})

describe('platform of a delivery', () => {
  const tagged = { ...samplePlatform, name: 'github-enterprise', endpoint: 'https://ghe.example.com' }
  const acme = { ...samplePlatform, name: 'github-acme', orgName: 'Acme' }

  it('is told by host, then by organisation', () => {
    const platforms = [samplePlatform, tagged, acme]
    expect(findPlatform(githubHeaders('push'), on('ghe.example.com'), platforms)).toBe(tagged)
    expect(findPlatform(githubHeaders('push'), on('github.com'), platforms)).toBe(acme)
    expect(findPlatform(githubHeaders('push'), on('github.com', 'other/app'), platforms)).toBe(samplePlatform)
  })

  it('is refused when nobody or more than one fits', () => {
    expect(() => findPlatform(githubHeaders('push'), on('evil.example.com'), [samplePlatform])).toThrow(expect.objectContaining({ status: 404 }))
    expect(() => findPlatform({}, on('github.com'), [samplePlatform])).toThrow(expect.objectContaining({ code: 'webhook.platform_unknown' }))
    const twin = { ...samplePlatform, name: 'github-twin' }
    expect(() => findPlatform(githubHeaders('push'), on('github.com'), [samplePlatform, twin])).toThrow(/github, github-twin/)
  })

  it('fetches from its own endpoint, whatever a payload says', () => {
    expect(github.cloneUrl({ ...tagged, endpoint: 'https://ghe.example.com/git/' }, 'acme/app')).toBe('https://ghe.example.com/git/acme/app.git')
    expect(gitea.cloneUrl({ ...giteaPlatform, protocol: 'ssh' }, 'acme/app')).toBe('ssh://git@git.example.com/acme/app.git')
    expect(belongsToPlatform(acme, 'acme/app')).toBe(true)
    expect(belongsToPlatform(acme, 'other/app')).toBe(false)
  })
})
