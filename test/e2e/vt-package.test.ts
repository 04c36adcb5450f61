import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repositoryRoot } from '../support/repository-root.js'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'

const run = promisify(execFile)
const LONGEST_MS = 120_000
let folder: TemporaryDirectory

beforeAll(async () => {
  folder = await temporaryDirectory('vt-package')
  await run('npm', ['pack', '--pack-destination', folder.path], { cwd: join(repositoryRoot(), 'apps/cli') })
  await writeFile(join(folder.path, 'package.json'), '{"name": "elsewhere", "private": true}')
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', './vartrack-cli-0.1.0.tgz'], { cwd: folder.path })
}, LONGEST_MS)
afterAll(() => folder[Symbol.asyncDispose]())

const vt = (...args: string[]) => run(join(folder.path, 'node_modules/.bin/vt'), args, { cwd: folder.path })

describe('the packed vt, installed far from the checkout', () => {
  it('compiles in its threads and in the core', async () => {
    await writeFile(join(folder.path, 'app.json'), '{"a": 1.50}')
    await writeFile(join(folder.path, 'large.yaml'), `${'# line\n'.repeat(1000)}b: 2\n`)
    const { stdout } = await vt('compile', 'app.json', 'large.yaml', '--json', '--env', 'production')
    const entries = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { entries: unknown }).entries)
    expect(entries).toEqual([{ a: ['decimal', '1.50'] }, { b: ['integer', '2'] }])
  })

  it('evaluates a bundle with its own CUE', async () => {
    await writeFile(join(folder.path, 'config.cue'), 'bundle: {datasources: [{redis: {host: "localhost"}}], rules: []}')
    expect((await vt('bundle', 'validate')).stdout).toBe('config.cue is valid: 0 rules, 1 datasource.\n')
  })

  it('reads a rule, and says its version', async () => {
    await writeFile(join(folder.path, 'rule.json'), '{"root_key": "app", "environments": ["production"]}')
    await writeFile(join(folder.path, 'app.toml'), '[app]\na = 1\n')
    const { stdout } = await vt('compile', 'app.toml', '--rule', 'rule.json', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ entries: { a: ['integer', '1'] } })
    expect((await vt('version')).stdout).toBe('vt 0.1.0\n')
  })
})
