import type { Repository } from '@vartrack/git'
import type { PlanJob } from '@vartrack/queues'
import type { PlannerContext } from './context.js'

/** One run of a plan job: what each of its steps works with. */
export interface PlanRun {
  readonly job: PlanJob
  /** Of the change set it makes. */
  readonly id: string
  readonly repository: Repository
  readonly signal: AbortSignal
  /** Is the job not tried again whatever the disposition of an error asks for? */
  readonly isLastTry: boolean
  readonly context: PlannerContext
}

/** Does one step of a plan, and counts its time under its name. */
export async function timed<T>({ context }: PlanRun, step: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now()
  try {
    return await work()
  } finally {
    context.metrics.step(step, (performance.now() - started) / 1000)
  }
}
