import { see } from './see.js'
import type { Stage } from './stage.js'
import type { Row } from './table.js'

/** Knocks at what a person would open: Bull Board with its token and without, metrics, readiness. */
export async function checkDoors({ chain, token }: Stage): Promise<Row[]> {
  const board = `${chain.varTrack.url}/admin/queues`
  return [
    await see('Bull Board: with its token', async () => expectStatus(await knock(`${board}/api/queues`, token), 200)),
    await see('Bull Board: without', async () => expectStatus(await knock(`${board}/api/queues`), 401)),
    await see('metrics: heals', async () => expectHeals(await (await knock(`${chain.varTrack.adminUrl}/metrics`)).text())),
    await see('health: ready', async () => expectStatus(await knock(`${chain.varTrack.adminUrl}/health/readiness`), 200)),
  ]
}

function knock(url: string, token?: string): Promise<Response> {
  return fetch(url, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(5_000) })
}

function expectStatus(response: Response, status: number): string {
  if (response.status !== status) throw new Error(`answered ${response.status}, not ${status}`)
  return `answers ${status}`
}

function expectHeals(metrics: string): string {
  const heals = metrics.match(/^vartrack_watcher_heal_total\{datasource="\w+"\} [1-9]\d*$/gm)?.length ?? 0
  if (heals !== 3) throw new Error(`tell of heals in ${heals} stores, not 3`)
  return 'vartrack_watcher_heal_total counts each'
}
