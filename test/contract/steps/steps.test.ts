import { describe } from 'vitest'
import { stores } from '../stores.js'
import { stepLaws, type Trial } from './laws.js'
import { scenarios } from './scenarios.js'
import { allSteps, fewSteps } from './trials.js'

const small = scenarios(10).prune
/** More than AUTO writes unread, and more than ZooKeeper is asked for one by one. */
const [many, listed] = [scenarios(10, 120).prune, scenarios(10, 20).prune]
/** More than one multi of ZooKeeper holds: its values are staged. */
const large = scenarios(200_000)

/** FerretDB takes eight updates a command: these are several. */
const several = scenarios(10, 4).prune

/** Redis writes in one step: there is room for all of them. */
const EVERY = allSteps({ update: 'every', overtaken: 'every', met: 'every', elsewhere: 'every' })

const TRIED: Readonly<Record<string, readonly Trial[]>> = {
  'redis with a hash': [...EVERY, fewSteps(many, 'every'), fewSteps(large.prune, 'changing')],
  'redis with strings': [...EVERY, fewSteps(listed, 'every')],
  'zookeeper with plain values': [
    ...allSteps({ update: 'changing', overtaken: 'every', met: 'changing', elsewhere: 'changing' }),
    fewSteps(listed, 'changing'),
    { ...fewSteps(large.prune, 3), lates: {} },
    { ...fewSteps(large.restore, 5), holds: {}, lates: {} },
  ],
  'zookeeper with JSON values': [fewSteps(small, 'changing')],
  'zookeeper with base64 values': [fewSteps(small, 'changing')],
  'mongo on FerretDB': [fewSteps(several, 4)],
  'mongo with one document on FerretDB': [fewSteps(small, 6)],
  'mongo with a document per file on FerretDB': [fewSteps(small, 6)],
}

describe.each(Object.entries(TRIED))('a writer over %s', (name, tried) => {
  stepLaws(stores[name] as NonNullable<(typeof stores)[string]>, tried)
})
