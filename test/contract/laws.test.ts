import { describe } from 'vitest'
import { laws } from './laws.js'
import { stores } from './stores.js'

describe.each(Object.entries(stores))('the laws over %s', (name, start) => {
  // Layouts of one sink write in the same steps: every cut is tried on one of them.
  laws(start, name.startsWith('mongo with') ? 'some' : 'all')
})
