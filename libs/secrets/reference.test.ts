import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMask } from './mask.js'
import { resolveReference } from './reference.js'
import { createSecretResolver } from './resolver.js'

const read = (path: string): Promise<string> => readFile(path, 'utf8')

describe('a credential of the bundle', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secret-'))
    await writeFile(join(folder, 'hook'), 'from-file\n')
    await writeFile(join(folder, 'empty'), '\n')
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('is itself when it is a plain string', async () => {
    await expect(resolveReference('plain', {}, read)).resolves.toBe('plain')
  })

  it('comes from a file without the line break at its end', async () => {
    await expect(resolveReference({ file: join(folder, 'hook') }, {}, read)).resolves.toBe('from-file')
  })

  it('comes from the environment', async () => {
    await expect(resolveReference({ env: 'HOOK' }, { HOOK: 'from-env' }, read)).resolves.toBe('from-env')
  })

  it.each([
    ['secret.env_missing', { env: 'HOOK' }, {}],
    ['secret.empty', { env: 'HOOK' }, { HOOK: '' }],
    ['secret.file_unreadable', { file: '/nowhere/hook' }, {}],
    ['secret.manager_unavailable', { ref: { path: 'kv/app', key: 'token' } }, {}],
  ])('fails with %s and says what to do', async (code, reference, env) => {
    await expect(resolveReference(reference, env, read)).rejects.toMatchObject({ code, remedy: expect.stringMatching(/\w/) })
  })

  it('is refused when its file is empty', async () => {
    await expect(resolveReference({ file: join(folder, 'empty') }, {}, read)).rejects.toMatchObject({ code: 'secret.empty' })
  })

  it('is hidden from the moment it was resolved', async () => {
    const mask = createMask()
    const resolve = createSecretResolver({ env: { HOOK: 'from-env-1' }, readFile: read, mask })
    await resolve({ env: 'HOOK' })
    expect(mask.text('got from-env-1')).toBe('got ***')
  })
})
