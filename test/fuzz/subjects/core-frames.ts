import { type DiffOptions, loadCore } from '@vartrack/core'
import { VarTrackError } from '@vartrack/errors'
import { frameSeeds, frameWords, LEDGER_KEY } from '../frame-seeds.js'
import type { Subject } from '../subject.js'

const core = loadCore()
const [good = Buffer.alloc(0)] = frameSeeds()
const nothing = Buffer.alloc(0)
const prune = { enabled: true, scope: 'all', protection: ['a*'], maxDelete: undefined, approved: true, dryRun: false } as const
const options: DiffOptions = { mode: 'repair', prune, ledgerKey: LEDGER_KEY, foreign: [], undo: true, report: true }

const CALLS: readonly ((input: Buffer) => Promise<unknown>)[] = [
  (input) => core.merge([input, good]),
  (input) => core.diff(input, nothing, nothing, options),
  (input) => core.diff(good, input, nothing, options),
  (input) => core.diff(good, good, input, options),
  (input) => core.drift(input, good, LEDGER_KEY, [input]),
  (input) => core.ledger(input, LEDGER_KEY),
  (input) => core.ledgerKeys(input),
  (input) => core.overlaps(input, [input, good]),
  (input) => core.render(input, 'yaml'),
  (input) => core.render(input, 'env'),
]

const REFUSALS = /^(?:frame\.malformed|ledger\.malformed|claim\.conflict|render\..*|limit\..*|flatten\.collision)$/

/** The decoders of the core, in every call that takes a frame or a ledger. */
export const subject: Subject = {
  seeds: frameSeeds(),
  words: frameWords,
  run: async (input) => {
    const kinds = await Promise.all(CALLS.map((call) => kindOf(call(input))))
    return kinds.join(' ')
  },
}

async function kindOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'ok'
  } catch (error) {
    if (error instanceof VarTrackError && REFUSALS.test(error.code)) return error.code
    throw error
  }
}
