import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningProcess, spawnNode } from '../../support/processes.js'
import { repositoryRoot } from '../../support/repository-root.js'
import { stores } from '../stores.js'
import { type Ground, openGround, proxyBefore } from './ground.js'
import { scenarios } from './scenarios.js'
import type { Work } from './work.js'

const ENTRY = `${repositoryRoot()}/test/dist/contract/steps/child.js`
const scenario = scenarios(10).prune

/** Every step is tried by laws.ts with a session that is severed; here the kernel takes everything the process had. */
describe.each(['redis with a hash', 'mongo on mongo-java-server', 'zookeeper with plain values'])(
  'a process that writes to %s and is killed',
  (name) => {
    let ground: Ground
    beforeAll(async () => {
      ground = await openGround(stores[name] as NonNullable<(typeof stores)[string]>)
    })
    afterAll(() => ground?.[Symbol.asyncDispose]())

    it.each([0.7, 1])('is made good by the next process, after %d of its steps', async (share) => {
      const { diesAt, live, prepare, standing, store } = ground
      const reference = await prepare(scenario)
      const step = Math.ceil(share * (await diesAt(reference, scenario.work)))
      const location = await prepare(scenario)
      await using proxy = await proxyBefore(store)
      await using first = await processOf(ground, { ...scenario.work, location }, proxy.port)
      proxy.count({ step, after: 'sent' }, () => first.kill('SIGKILL'))
      first.kill('SIGUSR2')
      expect(await first.exited).toMatchObject({ signal: 'SIGKILL' })
      await using second = await processOf(ground, { ...scenario.work, location }, store.port)
      second.kill('SIGUSR2')
      await second.waitFor(/ended: (written|unchanged)/)
      expect(await live(location)).toEqual(scenario.to)
      expect(await standing(location)).toEqual(await standing(reference))
    })
  },
)

/** Waits until its session is open. */
async function processOf({ store }: Ground, work: Work, port: number): Promise<RunningProcess> {
  const child = spawnNode(ENTRY, {}, [store.sink.type, JSON.stringify(store.options(store.at(port))), JSON.stringify(work)])
  await child.waitFor(/ready/)
  return child
}
