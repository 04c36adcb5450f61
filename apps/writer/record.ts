import type { ApplyReport } from '@vartrack/engine'
import type { ChangeSetFacts, State, Target } from '@vartrack/state'
import type { WriterContext } from './context.js'

/** Lines about changed fields of one write. */
const MAX_TOLD = 100

/** Remembers a write: the target the watcher polls, its status, its ledger, its history. All of it can be lost; the destination holds the truth. */
export async function recordWrite(changeSet: ChangeSetFacts, target: Target, report: ApplyReport, context: WriterContext): Promise<void> {
  const { state } = context
  const { put, deleted, head } = report
  const { commit, digest, generation } = head
  const at = new Date().toISOString()
  const history = { generation, commit, digest, changeSet: changeSet.id, put, deleted, at }
  await Promise.all([
    leavesNothing(report) ? forget(target, state) : remember(target, report, at, state),
    report.state === 'written' ? state.addHistory(target, history) : undefined,
  ])
  tellLoggedChanges(changeSet, target, report, context)
  warnOfStoppedPrune(changeSet, target, report, context)
  const { datasource, location } = target
  context.log.info({ changeSet: changeSet.id, correlation: changeSet.correlation, datasource, location, put, deleted, commit }, report.state)
}

/** Nothing is declared there any more, and nothing kept: the watcher looks elsewhere and the keys are free. */
function leavesNothing(report: ApplyReport): boolean {
  return report.head.entries === 0 && (report.summary?.kept ?? 0) === 0
}

async function forget(target: Target, state: State): Promise<void> {
  await Promise.all([state.removeTarget(target), state.releaseClaim(target, target.generation)])
}

async function remember(target: Target, { head, ledger }: ApplyReport, writtenAt: string, state: State): Promise<void> {
  const { commit, generation } = head
  await Promise.all([
    state.putTarget(target),
    state.putStatus(target, { state: 'in_sync', writtenAt, commit, generation }),
    ledger ? state.putLedger(target, head.journal, ledger) : undefined,
  ])
}

/** One line for each entry that its schema marks with @logger; of a secret only that it changed. */
function tellLoggedChanges(changeSet: ChangeSetFacts, target: Target, report: ApplyReport, context: WriterContext): void {
  const { datasource, location } = target
  for (const { key, from, to, secret } of report.logged.slice(0, MAX_TOLD)) {
    const values = secret ? { changed: true } : { from, to }
    context.log.info({ changeSet: changeSet.id, correlation: changeSet.correlation, datasource, location, key, ...values }, `${key} changed`)
  }
  const untold = report.logged.length - MAX_TOLD
  if (untold > 0) context.log.info({ changeSet: changeSet.id, datasource, location, untold }, 'more fields changed than are told one by one')
}

function warnOfStoppedPrune(changeSet: ChangeSetFacts, target: Target, report: ApplyReport, context: WriterContext): void {
  const stopped = report.summary?.pruneStopped
  if (!stopped) return
  context.log.warn(
    { changeSet: changeSet.id, datasource: target.datasource, location: target.location, ...stopped },
    `prune stopped: ${stopped.deletes} of ${stopped.owned} owned keys would be deleted, more than max_delete, or its default, lets go; set it to let them go (docs/bundle.md)`,
  )
}
