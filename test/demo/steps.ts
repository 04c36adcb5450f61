import { type Chain, holdsExactly } from '../support/chain.js'
import { checkDoors } from './doors.js'
import { heard, see, seeInEachStore, settled, takenAt } from './see.js'
import type { Stage } from './stage.js'
import type { Row } from './table.js'
import { cloneRepository, type WorkingCopy } from './working-copy.js'

/** How the steps speak. */
export interface StepOptions {
  /** Announces a step. */
  readonly announce: (what: string) => void
  /** Settles when all that happened in a step has been told. */
  readonly told: () => Promise<void>
  /** An empty directory, for the clone. */
  readonly workshop: string
}

interface Show {
  readonly chain: Chain
  readonly clone: WorkingCopy
  readonly announce: StepOptions['announce']
}

const FILE = 'configs/app.yaml'
const FIRST = 'database:\n  host: db-1.internal\n  port: 5432\nfeatures:\n  new_checkout: false\n'
const SECOND = 'database:\n  host: db-2.internal\n  port: 5432\nfeatures:\n  dark_mode: true\n'
const BROKEN = 'database:\n  host: "db-3.internal\n  port: 5432\n'
const FIRST_ENTRIES = { 'database.host': 'db-1.internal', 'database.port': '5432', 'features.new_checkout': 'false' }
const SECOND_ENTRIES = { 'database.host': 'db-2.internal', 'database.port': '5432', 'features.dark_mode': 'true' }

/**
 * Shows what varTrack does: pushes with git, tampers with each store, pushes a broken file, knocks at the doors. Ends after the first step that fails.
 * @returns what was seen; never throws
 */
export async function runSteps(stage: Stage, { announce, told, workshop }: StepOptions): Promise<Row[]> {
  const rows: Row[] = []
  try {
    const clone = await cloneRepository(stage.chain.repository.url, workshop)
    const show = { chain: stage.chain, clone, announce }
    for (const step of [firstPush, secondPush, tampering, brokenFile, () => knocking(stage, announce)]) {
      rows.push(...(await step(show)))
      await told()
      if (rows.some((row) => !row.ok)) break
    }
  } catch (error) {
    rows.push({ what: 'the next step', seen: error instanceof Error ? error.message : String(error), ok: false })
  }
  return rows
}

function firstPush(show: Show): Promise<Row[]> {
  show.announce(`The first push: ${FILE} with three values, made with git clone, commit and push.`)
  return pushAndSee(show, 'first push', FIRST, FIRST_ENTRIES)
}

function secondPush(show: Show): Promise<Row[]> {
  show.announce('Another push: one value changed, one new, one gone.')
  return pushAndSee(show, 'second push', SECOND, SECOND_ENTRIES)
}

async function pushAndSee({ chain, clone }: Show, what: string, text: string, expected: Readonly<Record<string, string>>): Promise<Row[]> {
  const commit = await clone.push(FILE, text, `Demo: the ${what}`)
  const seen = `${Object.keys(expected).length} values, as the store's own driver reads them`
  const rows = await seeInEachStore((store) =>
    see(
      `${what}: in ${store}`,
      async () => (await holdsExactly(chain.stores, store, expected)) && takenAt(chain, commit) > 0 && seen,
      () => takenAt(chain, commit),
    ),
  )
  await settled(chain, commit)
  return rows
}

async function tampering({ chain, announce }: Show): Promise<Row[]> {
  announce('Now somebody edits database.host in each store, past Git. varTrack looks every two seconds.')
  return await seeInEachStore(async (store) => {
    // Taken before the edit: varTrack may see it before the store's answer has come back to us.
    const start = Date.now()
    await chain.stores[store].tamper('database.host', 'edited-by-hand')
    const told = (begin: string) => heard(chain, start, (line) => line.datasource === store && line.msg.startsWith(begin))
    return await see(
      `tampering: healed in ${store}`,
      async () => {
        const drift = told('drift: database.host changed')
        if (!drift || !told('healed')) return false
        await holdsExactly(chain.stores, store, SECOND_ENTRIES)
        return `seen after ${Date.parse(String(drift.time)) - start} ms, then put back`
      },
      () => start,
    )
  })
}

async function brokenFile({ chain, clone, announce }: Show): Promise<Row[]> {
  announce('A push that breaks the file: a quotation mark is not closed.')
  const start = Date.now()
  const commit = await clone.push(FILE, BROKEN, 'Demo: a file that does not parse')
  const refusal = await see(
    'broken file: refused',
    async () => /configs\/app\.yaml:\d+:\d+/.exec(heard(chain, start, (line) => line.msg.includes('[format.syntax]'))?.msg ?? '')?.[0] ?? false,
    () => takenAt(chain, commit),
  )
  const kept = await seeInEachStore((store) =>
    see(`broken file: ${store} unharmed`, async () => (await holdsExactly(chain.stores, store, SECOND_ENTRIES)) && 'the same values as before'),
  )
  await settled(chain, await clone.push(FILE, SECOND, 'Demo: the file as it was'))
  return [refusal, ...kept]
}

function knocking(stage: Stage, announce: Show['announce']): Promise<Row[]> {
  announce('At last the doors: Bull Board with its token and without, metrics, health.')
  return checkDoors(stage)
}
