import type { ChangeSet, RefName, State } from '@vartrack/state'

/** A ref counts as planned from now on: its next plan reads what changes after this. One that is gone is forgotten. */
export async function settled(state: State, ref: RefName, settles: NonNullable<ChangeSet['settles']>): Promise<void> {
  if (settles.commit === '') await state.forgetPlans(ref, settles.datasources, settles.generation)
  else await state.settlePlan(ref, settles.datasources, settles)
}
