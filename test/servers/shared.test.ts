import { MongoClient } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { ask } from './ask.js'
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
