import { createInterface } from 'node:readline'
import { createState } from '@vartrack/state'
import { Redis } from 'ioredis'
import { temporaryDirectory } from '../support/temporary-directory.js'
import type { LogLine } from '../support/vartrack.js'
import { addresses } from './addresses.js'
import { type Marks, openMarks } from './marks.js'
import { createNarrator, type Narrator } from './narrate.js'
import { nameOf, openPlaces, type Places } from './places.js'
import type { Screen } from './screen.js'
import { type Stage, startStage } from './stage.js'
import { runSteps } from './steps.js'
import { formatTable } from './table.js'

/** What has been started, and who tells of it. */
interface Performance extends AsyncDisposable {
  readonly stage: Stage
  readonly narrator: Narrator
  readonly places: Places
  /** An empty directory for the clone; it goes with the performance, also when that is ended in the middle of a step. */
  readonly workshop: string
}

/**
 * The demo without a person: starts everything, runs the steps, prints a table of what was seen.
 * @param stopped settles when the person wants the end
 * @returns exit code
 */
export async function runCheck(screen: Screen, stopped: Promise<string>): Promise<number> {
  const started = Date.now()
  await using performance = await begin('any', screen)
  const up = { what: 'everything started', seen: 'three stores, a Git host, varTrack', ms: Date.now() - started, ok: true }
  const rows = await Promise.race([stopped, play(performance, screen)])
  if (typeof rows === 'string') return 1
  screen.print(`\n${formatTable([up, ...rows])}`)
  return rows.every((row) => row.ok) ? 0 : 1
}

/**
 * The demo for a person: the same, and then it stays until it is stopped, telling what happens.
 * @param stopped settles when the person wants the end
 * @returns exit code
 */
export async function runForPerson(screen: Screen, stopped: Promise<string>): Promise<number> {
  await using performance = await begin('usual', screen)
  const { stage, places } = performance
  const rows = await Promise.race([stopped, play(performance, screen)])
  if (typeof rows === 'string') return 0
  if (rows.some((row) => !row.ok)) screen.print(`\n${formatTable(rows)}`)
  screen.announce('Your turn. Everything stays up until Ctrl-C, and what happens is told here.')
  screen.print(`\n${addresses(stage)}\n`)
  const input = lookOnEnter(places, screen)
  const died = stage.chain.varTrack.process.exited.then(() => 'varTrack ended' as const)
  const why = await Promise.race([stopped, died])
  input.close()
  if (why !== 'varTrack ended') return 0
  screen.print(`varTrack has ended by itself. The end of its log:\n${stage.chain.varTrack.process.output().slice(-4_000)}`)
  return 1
}

async function begin(ports: 'usual' | 'any', screen: Screen): Promise<Performance> {
  screen.print('Starting Redis, a MongoDB-wire server (FerretDB), ZooKeeper, a Git host and varTrack ...')
  const early: LogLine[] = []
  const ear: { hear: (line: LogLine) => void } = { hear: (line) => void early.push(line) }
  const stage = await startStage(ports, (line) => ear.hear(line))
  const redis = new Redis(stage.chain.redis.url, { maxRetriesPerRequest: 1 }).on('error', () => undefined)
  const places = openPlaces(stage.chain.servers, marksIn(redis))
  const workshop = await temporaryDirectory('clone')
  const narrator = createNarrator({ say: screen.say, changes: (place, changeSet) => places.changes(place, changeSet) })
  ear.hear = (line) => narrator.hear(line)
  for (const line of early) narrator.hear(line)
  return {
    stage,
    narrator,
    places,
    workshop: workshop.path,
    async [Symbol.asyncDispose]() {
      ear.hear = () => undefined
      screen.print('\nEnding everything that was started ...')
      await places[Symbol.asyncDispose]()
      redis.disconnect()
      await stage[Symbol.asyncDispose]()
      await workshop[Symbol.asyncDispose]()
    },
  }
}

/** Where varTrack keeps its state, as long as it is told no other prefix. */
const PREFIX = '{vartrack}'

/** What cannot be read stays hidden; varTrack tells of it itself. */
function marksIn(redis: Redis): Marks {
  return openMarks(createState(redis, { prefix: PREFIX, onProblem: () => undefined }))
}

function play({ stage, narrator, workshop }: Performance, screen: Screen) {
  return runSteps(stage, { announce: screen.announce, told: () => narrator.told(), workshop })
}

/** Enter shows what every place holds. */
function lookOnEnter(places: Places, screen: Screen) {
  const input = createInterface({ input: process.stdin })
  input.on('line', () => void showAll(places, screen))
  return input
}

async function showAll(places: Places, screen: Screen): Promise<void> {
  for (const { place, entries } of await places.all()) {
    screen.say(
      `${nameOf(place)} holds`,
      Object.entries(entries).map(([key, value]) => `${key} = ${value}`),
    )
  }
}
