import { describe } from 'vitest'
import { stores } from '../stores.js'
import { type Deaths, stepLaws } from './laws.js'
import { scenarios } from './scenarios.js'

const { first, update, prune, restore } = scenarios(10)
/** More than one multi of ZooKeeper holds: its values are staged. */
const large = scenarios(200_000)

const SENT = { after: ['sent'], overtakenBy: [] } as const
const EVERY: Deaths = { scenario: prune, after: ['sent', 'answered'], overtakenBy: ['newer', 'revert'] }
const ALL: Deaths[] = [{ scenario: first, ...SENT }, { scenario: update, ...SENT }, EVERY, { scenario: restore, ...SENT }]

/** Layouts of one sink share their order of steps, and a fourth of them holds a turn that the successor waits for. */
const TRIED: Readonly<Record<string, readonly Deaths[]>> = {
  'redis with a hash': ALL,
  'redis with strings': ALL,
  'mongo on mongo-java-server': ALL,
  'mongo with one document on mongo-java-server': [
    { scenario: first, ...SENT },
    { ...EVERY, after: ['sent'] },
    { scenario: restore, ...SENT },
  ],
  'mongo with a document per file on mongo-java-server': [
    { ...EVERY, after: ['sent'] },
    { scenario: restore, ...SENT },
  ],
  'mongo on FerretDB': [{ scenario: prune, ...SENT }],
  'zookeeper with plain values': [...ALL, { scenario: large.prune, after: ['sent'], overtakenBy: ['newer'] }, { scenario: large.restore, ...SENT }],
}

describe.each(Object.entries(TRIED))('a writer over %s', (name, tried) => {
  stepLaws(stores[name] as NonNullable<(typeof stores)[string]>, tried)
})
