import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { VarTrackError } from '@vartrack/errors'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { redisProgram } from '../../test/servers/redis.js'
import { eventually } from '../../test/support/eventually.js'
import { spawnProcess } from '../../test/support/processes.js'
import { repositoryRoot } from '../../test/support/repository-root.js'
import { connectRedis, type EmbeddedRedis, findRedisServer, startEmbeddedRedis } from './index.js'

const quiet = { onError: () => undefined }
let dataDir: string
let running: EmbeddedRedis | undefined
let ends: string[]

beforeEach(async () => {
  ends = []
  dataDir = await mkdtemp(join(tmpdir(), 'vt-data-'))
})
afterEach(async () => {
  await running?.close()
  running = undefined
  await rm(dataDir, { recursive: true, force: true })
})

const onEnd = (error: VarTrackError) => void ends.push(error.code)

async function start(): Promise<EmbeddedRedis> {
  running = await startEmbeddedRedis({ binary: await redisProgram(), dataDir, onEnd })
  return running
}

describe("varTrack's own Redis", () => {
  it('keeps its data from one start to the next, evicts nothing, and only this user may speak to it', async () => {
    const first = await start()
    const redis = await connectRedis(first.target, 'state', quiet)
    await redis.set('kept', 'yes')
    redis.disconnect()
    expect((await stat(join(dataDir, 'redis', 'redis.sock'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(dataDir, 'redis', 'password'))).mode & 0o777).toBe(0o600)
    await first.close()
    const again = await connectRedis((await start()).target, 'state', quiet)
    expect(await again.get('kept')).toBe('yes')
    again.disconnect()
  })

  it('does not show its password in the list of processes', async () => {
    const { target } = await start()
    const redis = await connectRedis(target, 'state', quiet)
    const pid = /process_id:(\d+)/.exec(await redis.info('server'))?.[1]
    redis.disconnect()
    const password = await readFile(join(dataDir, 'redis', 'password'), 'utf8')
    expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(password)
  })

  it('is not shared with another varTrack that runs on the same directory', async () => {
    await start()
    const script = `const { startEmbeddedRedis } = await import('@vartrack/runtime')
      await startEmbeddedRedis({ binary: 'redis-server', dataDir: ${JSON.stringify(dataDir)} }).catch((error) => console.log(error.message))`
    const other = spawnProcess(process.execPath, ['--input-type=module', '-e', script], { cwd: repositoryRoot() })
    await other.waitFor(/uses it already/)
    expect(await other.exited).toMatchObject({ code: 0 })
  })

  it('ends with the process that started it, also when that is killed, and the next start takes over', async () => {
    const script = `const { startEmbeddedRedis } = await import('@vartrack/runtime')
      await startEmbeddedRedis({ binary: ${JSON.stringify(await redisProgram())}, dataDir: ${JSON.stringify(dataDir)} })
      console.log('started'); setInterval(() => {}, 1000)`
    const owner = spawnProcess(process.execPath, ['--input-type=module', '-e', script], { cwd: repositoryRoot() })
    await owner.waitFor(/started/)
    owner.kill()
    await owner.exited
    const redis = await connectRedis((await start()).target, 'state', quiet)
    expect(await redis.ping()).toBe('PONG')
    redis.disconnect()
  })

  it('tells when it ended by itself, and not when it was closed', async () => {
    const first = await start()
    await first.close()
    expect(ends).toEqual([])
    const redis = await connectRedis((await start()).target, 'state', quiet)
    await redis.shutdown('NOSAVE').catch(() => undefined)
    redis.disconnect()
    await eventually(() => ends.length > 0)
    expect(ends).toEqual(['redis.embedded_ended'])
  })

  it('says in one sentence why it cannot start', async () => {
    const failing = startEmbeddedRedis({ binary: '/nowhere/redis-server', dataDir, onEnd })
    await expect(failing).rejects.toMatchObject({ code: 'redis.embedded' })
    await expect(startEmbeddedRedis({ binary: 'redis-server', dataDir: join(dataDir, 'x'.repeat(100)), onEnd })).rejects.toMatchObject({
      code: 'redis.embedded',
    })
  })
})

describe('the server it runs on', () => {
  it('is found on this machine', async () => {
    const fetched: string[] = []
    expect(await findRedisServer(join(dataDir, 'cache'), (what) => fetched.push(what))).toMatch(/(redis|valkey)-server$/)
    await eventually(() => fetched.length <= 1)
  })
})
