import { describe, expect, it } from 'vitest'
import { sinksToWork } from './sinks-to-work.js'

const available = ['mongo', 'redis', 'zookeeper']

describe('VT_SINKS', () => {
  it('has a writer work all sinks when it is not set', () => expect(sinksToWork(undefined, available)).toEqual(available))

  it('has a writer work those it names, each once', () => expect(sinksToWork(['redis', 'redis'], available)).toEqual(['redis']))

  it('stops the start when it names a type that cannot be written, and says which there are', () => {
    expect(() => sinksToWork(['redis', 'cassandra', 's3'], available)).toThrow(
      expect.objectContaining({
        code: 'config.environment',
        message: 'VT_SINKS names cassandra, s3, which this version cannot write.',
        remedy: 'Name some of mongo, redis, zookeeper, or leave VT_SINKS out for all.',
      }),
    )
  })
})
