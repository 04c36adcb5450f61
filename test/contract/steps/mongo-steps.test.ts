import { describe } from 'vitest'
import { stores } from '../stores.js'
import { stepLaws, type Trial } from './laws.js'
import { scenarios } from './scenarios.js'
import { allSteps, fewSteps } from './trials.js'

/** More than the sink looks up by name, and more than AUTO writes unread. */
const many = scenarios(10, 120).prune

/** In a file of its own beside steps.test.ts, so that the two run side by side: MongoDB has the most steps by far. */
const TRIED: Readonly<Record<string, readonly Trial[]>> = {
  'mongo on mongo-java-server': [...allSteps({ update: 'changing', overtaken: 'every', met: 'changing', elsewhere: 2 }), fewSteps(many, 6)],
  'mongo with one document on mongo-java-server': allSteps({ update: 'changing', overtaken: 'every', met: 3, elsewhere: 4 }),
  'mongo with a document per file on mongo-java-server': allSteps({ update: 'changing', overtaken: 'changing', met: 3, elsewhere: 4 }),
}

describe.each(Object.entries(TRIED))('a writer over %s', (name, tried) => {
  stepLaws(stores[name] as NonNullable<(typeof stores)[string]>, tried)
})
