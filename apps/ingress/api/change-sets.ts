import type { ChangeSet, TargetOutcome } from '@vartrack/state'
import { z } from 'zod'
import { type Api, notFound, readQuery } from './request.js'

const ListQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(20) })

/** `GET /api/v1/change-sets`, newest first, and `GET /api/v1/change-sets/{id}` with how each target ended. */
export function addChangeSetRoutes(api: Api): void {
  const { state, mask } = api.dependencies
  api.router.get('/change-sets', async (context) => {
    const changeSets = await state.changeSets(readQuery(context, ListQuery).limit)
    context.body = { change_sets: changeSets.map((each) => mask.value(summary(each))) }
  })
  api.router.get('/change-sets/:id', async (context) => {
    const id = context.params['id'] ?? ''
    const changeSet = await state.changeSet(id)
    if (changeSet === undefined) throw notFound(`The change set ${id}`)
    const outcomes = await state.outcomes(id)
    context.body = mask.value({ ...summary(changeSet), targets: targetsOf(changeSet, outcomes) })
  })
}

function summary({ targets, ...rest }: ChangeSet): Record<string, unknown> {
  return { ...rest, destinations: targets.length }
}

function targetsOf(changeSet: ChangeSet, outcomes: ReadonlyMap<number, TargetOutcome>): Record<string, unknown>[] {
  return changeSet.targets.map(({ datasource, location, source, environment, rules, generation, entries, dryRun }, index) => {
    return { datasource, location, source, environment, rules, generation, entries, dryRun, outcome: outcomes.get(index) ?? null }
  })
}
