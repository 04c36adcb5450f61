import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readFolder } from './read-folder.js'

let outside: string
let folder: string

beforeEach(async () => {
  outside = await mkdtemp(join(tmpdir(), 'vartrack-schemas-'))
  folder = join(outside, 'registry')
  await mkdir(join(folder, '..data'), { recursive: true })
})
afterEach(() => rm(outside, { recursive: true }))

describe('a folder of schemas', () => {
  it('follows links that stay within it, as a mounted ConfigMap has them, and no others', async () => {
    await writeFile(join(folder, '..data', 'app.cue'), 'a: int')
    await writeFile(join(outside, 'other.cue'), 'b: int')
    await symlink('..data/app.cue', join(folder, 'app.cue'))
    await symlink('../other.cue', join(folder, 'other.cue'))
    await symlink('nowhere.cue', join(folder, 'broken.cue'))
    expect([...(await readFolder(folder)).files]).toEqual([
      ['..data/app.cue', Buffer.from('a: int')],
      ['app.cue', Buffer.from('a: int')],
    ])
  })

  it('has the same names however its path is written', async () => {
    await writeFile(join(folder, 'default.cue'), 'a: int')
    const [plain, slashed] = [await readFolder(folder), await readFolder(`${folder}/`)]
    expect([...slashed.files.keys()]).toEqual(['default.cue'])
    expect(slashed.version).toBe(plain.version)
  })
})
