import { describe, expect, it } from 'vitest'
import { sampleBundle } from '../../test/support/samples.js'
import { sinkTypeOf } from './sink-type.js'

describe('the sink type of a datasource', () => {
  it('is the one the bundle says', () => {
    const datasources = [{ name: 'cache', type: 'redis' as const, options: {}, printable: {} }]
    expect(sinkTypeOf({ ...sampleBundle, datasources }, 'cache')).toBe('redis')
  })

  it.each(['redis', 'redis-eu-cache'])(
    'is told by the name %s when the bundle has it no more, so that its jobs reach a queue that is worked',
    (name) => {
      expect(sinkTypeOf({ ...sampleBundle, datasources: [] }, name)).toBe('redis')
    },
  )
})
