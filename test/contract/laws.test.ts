import { describe } from 'vitest'
import { laws } from './laws.js'
import { stores } from './stores.js'

describe.each(Object.entries(stores))('the laws over %s', (_name, start) => {
  laws(start)
})
