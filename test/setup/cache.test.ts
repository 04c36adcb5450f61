import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { spawnProcess } from '../support/processes.js'
import { repositoryRoot } from '../support/repository-root.js'
import { temporaryDirectory } from '../support/temporary-directory.js'
import { fillOnce } from './cache.mjs'

describe('a folder of the cache', () => {
  it('is built once when several set-ups want it at the same time', async () => {
    await using cache = await temporaryDirectory('cache')
    let builds = 0
    const build = async (into: string) => {
      builds++
      await writeFile(join(into, 'program'), 'whole')
    }
    await Promise.all([1, 2, 3].map(() => fillOnce(join(cache.path, 'server-1'), build)))
    expect(builds).toBe(1)
    expect(await readdir(cache.path)).toEqual(['server-1'])
  })

  it('is not there after a build that failed, and the next one may try', async () => {
    await using cache = await temporaryDirectory('cache')
    const folder = join(cache.path, 'server-1')
    await expect(fillOnce(folder, () => Promise.reject(new Error('no space left')))).rejects.toThrow('no space left')
    expect(await readdir(cache.path)).toEqual([])
    await fillOnce(folder, async () => undefined)
    expect(existsSync(folder)).toBe(true)
  })

  it('is built by the next set-up when one was killed in the middle, and what that had made is removed', async () => {
    await using cache = await temporaryDirectory('cache')
    const folder = join(cache.path, 'server-1')
    await using killed = spawnProcess(process.execPath, ['--input-type=module', '--eval', BUILDS_FOREVER, folder])
    await killed.waitFor(/building/)
    const next = fillOnce(folder, async () => undefined)
    killed.kill()
    await next
    expect(await readdir(cache.path)).toEqual(['server-1'])
  })

  it('is built where an older set-up left a lock that names nobody', async () => {
    await using cache = await temporaryDirectory('cache')
    const folder = join(cache.path, 'server-1')
    await writeFile(`${folder}.lock`, '')
    await mkdir(`${folder}.half.modules`)
    await fillOnce(folder, async () => undefined)
    expect(await readdir(cache.path)).toEqual(['server-1'])
  })

  it('says what to do when the cache cannot be written', async () => {
    await using cache = await temporaryDirectory('cache')
    await writeFile(join(cache.path, 'file'), '')
    await expect(fillOnce(join(cache.path, 'file', 'server-1'), async () => undefined)).rejects.toThrow(
      /^The cache cannot be written: E\w+: .*\n {2}Make it writable, or name another folder in VT_CACHE_DIR\.$/,
    )
  })
})

/** A set-up that never ends; its argument is the folder. */
const BUILDS_FOREVER = `
  import { writeFile } from 'node:fs/promises'
  import { join } from 'node:path'
  import { fillOnce } from '${join(repositoryRoot(), 'test', 'setup', 'cache.mjs')}'
  await fillOnce(process.argv[1], async (into) => {
    await writeFile(join(into, 'program'), 'half')
    console.log('building')
    await new Promise(() => setInterval(() => undefined, 60_000))
  })
`
