import { CATALOG, type JobInput, type Lane, queueName } from './catalog.js'
import { jobOptions } from './job-options.js'
import { writePayload } from './payload.js'
import type { QueueSet } from './queue-set.js'
import { unavailable } from './unavailable.js'

/** One write of a change set, and the sink type whose writers take it. */
export interface FlowChild {
  readonly name: 'write' | 'restore'
  readonly sink: string
  readonly data: JobInput<'write'>
}

/**
 * Adds, in one transaction, a settle job and the writes it waits for. A write that fails for good counts as ended: without
 * `ignoreDependencyOnFailure` the settle job would wait for ever.
 * @returns id of the settle job
 * @throws VarTrackError `queue.unavailable`, `job.payload`
 */
export async function addFlow(queues: QueueSet, settle: JobInput<'settle'>, children: readonly FlowChild[], lane: Lane): Promise<string> {
  const flows = await queues.flows()
  const options = jobOptions('settle')
  await flows
    .add({
      name: 'settle',
      queueName: queueName('settle'),
      data: writePayload('settle', settle),
      opts: options,
      children: children.map((child) => ({
        name: child.name,
        queueName: queueName(CATALOG[child.name].queue, child.sink),
        data: writePayload(child.name, child.data),
        opts: { ...jobOptions(child.name, child.name === 'write' ? lane : undefined), ignoreDependencyOnFailure: true },
      })),
    })
    .catch(unavailable)
  return options.jobId
}
