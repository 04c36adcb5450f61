import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Push } from './git-host-webhook.js'

/** Path to new content; `null` deletes. `{symlink}` and `{submodule}` make what their names say. */
export type FileChanges = Readonly<Record<string, string | Buffer | null | { readonly symlink: string } | { readonly submodule: string }>>

export interface CommitOptions {
  /** Send the host's webhook; default true. */
  readonly notify?: boolean
  /** Commit to build on instead of the branch's head: a force-push. `null`: no parent. */
  readonly parent?: string | null
}

/** One bare repository of the host, changed in place without a clone. */
export interface HostedRepository {
  /** `owner/name` */
  readonly name: string
  readonly url: string
  /** Path of the bare repository. */
  readonly dir: string
  /** Commits on a branch (made if it is not there) and gives the commit's id. */
  commitFiles(branch: string, files: FileChanges, message?: string, options?: CommitOptions): Promise<string>
  /** Points a full ref at a commit; `undefined` deletes it. */
  setRef(ref: string, commit: string | undefined, options?: CommitOptions): Promise<void>
  /** Commit of a full ref. */
  head(ref: string): Promise<string | undefined>
  setDefaultBranch(branch: string): Promise<void>
}

/** Makes an empty bare repository that may be pushed to over HTTP. */
export async function createHostedRepository(
  root: string,
  hostUrl: string,
  name: string,
  announce: (push: Push) => Promise<void>,
): Promise<HostedRepository> {
  const dir = join(root, `${name}.git`)
  await mkdir(dirname(dir), { recursive: true })
  await git(root, ['init', '--quiet', '--bare', '--initial-branch=main', '--', dir])
  for (const key of ['http.receivepack', 'uploadpack.allowAnySHA1InWant', 'uploadpack.allowReachableSHA1InWant', 'uploadpack.allowFilter']) {
    await git(dir, ['config', key, 'true'])
  }
  const head = async (ref: string) => (await readRefs(dir, ref)).get(ref)
  const moved = async (ref: string, before: string | undefined, after: string | undefined, options?: CommitOptions) => {
    if (options?.notify !== false) await announce({ url: hostUrl, repo: name, ref, before, after })
  }
  return {
    name,
    url: `${hostUrl}/${name}.git`,
    dir,
    head,
    async commitFiles(branch, files, message = 'Change configuration', options) {
      const ref = `refs/heads/${branch}`
      const before = await head(ref)
      const parent = options?.parent === undefined ? before : (options.parent ?? undefined)
      const after = (await git(dir, ['fast-import', '--quiet', '--force', '--done'], fastImport(ref, parent, files, message))).trim()
      await moved(ref, before, after, options)
      return after
    },
    async setRef(ref, commit, options) {
      const before = await head(ref)
      await git(dir, commit === undefined ? ['update-ref', '-d', ref] : ['update-ref', ref, commit])
      await moved(ref, before, commit, options)
    },
    async setDefaultBranch(branch) {
      await git(dir, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`])
    },
  }
}

/** Full ref to object id of a repository. */
export async function readRefs(dir: string, ref = ''): Promise<Map<string, string>> {
  const lines = (await git(dir, ['for-each-ref', '--format=%(refname) %(objectname)', ...(ref === '' ? [] : [ref])])).split('\n')
  return new Map(lines.filter((line) => line !== '').map((line) => line.split(' ') as [string, string]))
}

/** The stream of one commit in the language of git-fast-import(1); it prints the id of the commit. */
function fastImport(ref: string, parent: string | undefined, files: FileChanges, message: string): Buffer {
  const now = `${Math.floor(Date.now() / 1000)} +0000`
  const parts: (string | Buffer)[] = [`reset ${ref}\n`]
  if (parent !== undefined) parts.push(`from ${parent}\n\n`)
  parts.push(`commit ${ref}\nmark :1\ncommitter Git Host <git@host.test> ${now}\n`, ...data(message))
  for (const [path, content] of Object.entries(files)) parts.push(...fileChange(JSON.stringify(path), content))
  parts.push('\nget-mark :1\ndone\n')
  return Buffer.concat(parts.map((part) => Buffer.from(part)))
}

function fileChange(path: string, content: FileChanges[string]): (string | Buffer)[] {
  if (content === null) return [`D ${path}\n`]
  if (typeof content === 'string' || Buffer.isBuffer(content)) return [`M 100644 inline ${path}\n`, ...data(content)]
  if ('symlink' in content) return [`M 120000 inline ${path}\n`, ...data(content.symlink)]
  return [`M 160000 ${content.submodule} ${path}\n`]
}

function data(content: string | Buffer): (string | Buffer)[] {
  return [`data ${Buffer.byteLength(content)}\n`, content, '\n']
}

function git(cwd: string, args: readonly string[], input?: Buffer): Promise<string> {
  const child = spawn('git', args, { cwd, env: { PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', LC_ALL: 'C' } })
  const output: Buffer[] = []
  const problems: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => problems.push(chunk))
  child.stdin.on('error', (error) => problems.push(Buffer.from(error.message)))
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(output).toString())
      else reject(new Error(`git ${args[0]} in ${cwd} ended with ${code}: ${Buffer.concat(problems).toString()}`))
    })
  })
}
