import type { Queue } from 'bullmq'

/**
 * Whether no worker will come upon a job any more: it has ended, or no list has it. A Redis that lost the end of what it had written may hold on to what waits
 * for such a job (decision 003).
 */
export async function isOver(queue: Queue, jobId: string): Promise<boolean> {
  return ['unknown', 'completed', 'failed'].includes(await queue.getJobState(jobId))
}
