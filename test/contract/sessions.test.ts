import { describe } from 'vitest'
import { openingLaws } from './opening-laws.js'
import { sessionLaws } from './session-laws.js'
import { stores } from './stores.js'

describe.each(Object.entries(stores))('a session of %s', (_name, start) => {
  openingLaws(start)
  sessionLaws(start)
})
