import { MongoClient } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../support/temporary-directory.js'
import { ask } from './ask.js'
import { startRedis } from './redis.js'
import { ferretdb, mongoJava, redisDatabase, redisServer, uniqueName, zookeeper } from './shared.js'

describe('the shared servers', () => {
  it('answer Redis commands', async () => {
    const { port } = new URL((await redisServer()).url)
    expect(await ask(Number(port), 'ECHO here\r\n')).toContain('here')
  })

  it('hand every caller a Redis database of its own', async () => {
    expect(await redisDatabase()).not.toBe(await redisDatabase())
  })

  it('answer ZooKeeper commands', async () => {
    const port = Number((await zookeeper()).url.split(':')[1])
    expect(await ask(port, 'srvr')).toContain('Zookeeper version: 3.')
  })

  it.each([
    ['FerretDB', ferretdb],
    ['mongo-java-server', mongoJava],
  ])('keep documents in %s', async (_name, server) => {
    const client = new MongoClient((await server()).url, { retryWrites: false })
    try {
      const collection = client.db(uniqueName()).collection<{ _id: string; value: number }>('numbers')
      await collection.insertOne({ _id: 'one', value: 1 })
      expect(await collection.findOne({ _id: 'one' })).toEqual({ _id: 'one', value: 1 })
    } finally {
      await client.close()
    }
  })
})

describe('a server of its own', () => {
  it('comes up with a password, and ends with its owner', async () => {
    const redis = await startRedis({ args: ['--requirepass', 'secret'] })
    expect(await ask(redis.port, 'AUTH secret\r\n')).toContain('OK')
    await redis.stop()
    await expect(ask(redis.port, 'PING\r\n')).rejects.toThrow('ECONNREFUSED')
  })

  it('keeps its data over a kill and a restart on the same port', async () => {
    await using directory = await temporaryDirectory('restart')
    const first = await startRedis({ directory: directory.path, args: ['--appendfsync', 'always'] })
    await ask(first.port, 'SET colour blue\r\n')
    first.process.kill()
    await first.process.exited
    await using second = await startRedis({ directory: directory.path, port: first.port })
    expect(await ask(second.port, 'GET colour\r\n')).toContain('blue')
  })
})
