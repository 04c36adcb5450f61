import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** A clone, made and pushed from with the machine's own git, as a person does it. */
export interface WorkingCopy {
  /** Writes a file, commits and pushes it; gives the commit's id. @throws Error with git's words when it fails */
  push(path: string, text: string, message: string): Promise<string>
}

/** Clones a repository over HTTP into an empty directory. @throws Error with git's words when it fails */
export async function cloneRepository(url: string, directory: string): Promise<WorkingCopy> {
  await git(directory, ['clone', '--quiet', '--', url, '.'])
  return {
    async push(path, text, message) {
      const file = join(directory, path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, text)
      await git(directory, ['add', '--', path])
      await git(directory, ['commit', '--quiet', '--no-verify', '-m', message])
      await git(directory, ['push', '--quiet', 'origin', 'HEAD:main'])
      return (await git(directory, ['rev-parse', 'HEAD'])).trim()
    },
  }
}

/** The person's own settings, such as signed commits or a hook, are no part of the demo. */
const SETTINGS = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Demo',
  GIT_AUTHOR_EMAIL: 'demo@acme.test',
  GIT_COMMITTER_NAME: 'Demo',
  GIT_COMMITTER_EMAIL: 'demo@acme.test',
}

async function git(cwd: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, ...SETTINGS, http_proxy: undefined, all_proxy: undefined }
  return (await promisify(execFile)('git', args, { cwd, env })).stdout
}
