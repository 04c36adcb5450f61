import { commonOptions, type LocationRule, locate, type Sink, type SinkType } from '@vartrack/sink-kit'
import { z } from 'zod'
import type { SinkRegistry } from './sections/datasources.js'

const PLAIN: LocationRule = { allowed: /[\w.-]/, replacement: '-', lowerCase: false, segments: false, shape: /^[^\n]+$/, reserved: undefined }

/** Sinks that know their options and names, and open nothing: what loading a bundle needs of them. */
export const testingSinks: SinkRegistry = {
  mongo: sink('mongo', z.strictObject({ ...commonOptions, endpoint: z.string(), database: z.string(), collection: z.string().default('variables') })),
  redis: sink('redis', z.strictObject({ ...commonOptions, host: z.string().default('localhost'), port: z.int().default(6379) })),
  zookeeper: sink('zookeeper', z.strictObject({ ...commonOptions, hosts: z.array(z.string()) }), { ...PLAIN, segments: true, shape: /^\/./ }),
}

function sink(type: SinkType, options: z.ZodType, rule: LocationRule = PLAIN): Sink {
  return {
    type,
    options,
    traits: { reads: 'values', atomic: 'key', fence: 'conditional', types: 'text', limits: { keyBytes: 1, valueBytes: 1, batchBytes: 1 } },
    defaultTemplate: () => (type === 'zookeeper' ? '/vartrack/{env}' : 'variables'),
    location: (template, names) => locate(template, names, rule),
    open: () => Promise.reject(new Error('opens nothing')),
  }
}
