import type { Host } from '@vartrack/host'
import { startIngress } from '@vartrack/ingress'
import { startPlanner } from '@vartrack/planner'
import { startWatcher } from '@vartrack/watcher'
import { startWriter } from '@vartrack/writer'

/** Every process in one: development, demo, small teams. What works jobs comes first, the door last. */
export async function startStandalone(host: Host): Promise<void> {
  await startWriter(host)
  await startPlanner(host)
  await startWatcher(host)
  await startIngress(host)
}
