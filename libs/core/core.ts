import { VarTrackError } from '@vartrack/errors'
import * as addon from '@vartrack/rust-core'
import type { CompileOptions, Core, Diagnostic, DiffOptions } from './contract.js'

/** The Rust core. Every call runs on the thread pool; do not change a Buffer while a call reads it. */
export function loadCore(): Core {
  return {
    async compile(bytes, format, options) {
      const result = accept(await addon.compile(bytes, format, compileOptions(options)))
      return { ...result, diagnostics: result.diagnostics.map((diagnostic): Diagnostic => ({ ...diagnostic, file: options.file })) }
    },
    annotate: async (release, marks) => accept(await addon.annotate(release, [...marks])),
    async locate(bytes, format, options, keys) {
      const places = accept(await addon.locate(bytes, format, compileOptions(options), [...keys]))
      return places.map(({ line, column }) => (line === undefined || column === undefined ? undefined : { line, column }))
    },
    merge: async (releases) => accept(await addon.merge([...releases])),
    diff: async (release, live, ledger, options) => diffResult(accept(await addon.diff(release, live, ledger, diffOptions(options)))),
    ledger: async (release, ledgerKey) => accept(await addon.ledger(release, ledgerKey)),
    drift: async (ledger, live, ledgerKey, foreign) => accept(await addon.drift(ledger, live, ledgerKey, [...foreign])),
    ledgerKeys: async (ledger) => accept(await addon.ledgerKeys(ledger)),
    overlaps: async (release, others) => accept(await addon.overlaps(release, [...others])),
    render: async (release, format, names) => accept(await addon.render(release, format, names)),
  }
}

/** What {@link accept} throws for these is our own mistake, whatever the input was. */
const BUGS = /^(internal|frame)\./

/** The answer, or the failure thrown as a VarTrackError. */
function accept<Result extends object>(answer: Result | addon.Failure): Result {
  if (!isFailure(answer)) return answer
  const { code, message, remedy, ...place } = answer
  throw new VarTrackError({ code, message, remedy, place, ...(BUGS.test(code) ? { disposition: { kind: 'bug' } } : {}) })
}

function isFailure(answer: object): answer is addon.Failure {
  return 'code' in answer && 'remedy' in answer
}

function compileOptions(options: CompileOptions): addon.CompileOptions {
  const { limits, rootKey, names, variables, derived, ...rest } = options
  return {
    ...rest,
    ...limits,
    names: [...names],
    variables: { ...variables },
    derived: derived ?? false,
    ...(rootKey === undefined ? {} : { rootKey }),
  }
}

function diffOptions(options: DiffOptions): addon.DiffOptions {
  const { maxDelete, protection, ...prune } = options.prune
  const budget = maxDelete === undefined ? {} : { maxDelete }
  return { ...options, foreign: [...options.foreign], prune: { ...prune, protection: [...protection], ...budget } }
}

/** What is absent on one side is `undefined` in the addon and `null` in the contract. */
function diffResult(diff: addon.Diff): Awaited<ReturnType<Core['diff']>> {
  const report = diff.report.map((line) => ({ ...line, from: line.from ?? null, to: line.to ?? null }))
  const logged = diff.logged.map((line) => ({ ...line, from: line.from ?? null, to: line.to ?? null }))
  return { ...diff, report, logged, summary: { ...diff.summary, pruneStopped: diff.summary.pruneStopped ?? null } }
}
