import { type LogLine, type RunningVarTrack, type StartOptions, startVarTrack } from './vartrack.js'

const APPS = ['ingress', 'planner', 'writer', 'watcher'] as const
export type FleetApp = (typeof APPS)[number]

/** Processes of varTrack side by side on one Redis. */
export interface Fleet {
  readonly members: Readonly<Record<FleetApp, RunningVarTrack[]>>
  /** One more of a kind. */
  add(app: FleetApp, env?: Readonly<Record<string, string>>): Promise<RunningVarTrack>
  /** Lines of all members of a kind, also of those that have ended. */
  log(app: FleetApp): LogLine[]
}

/** A fleet that is about to start, for {@link startChain}. */
export interface FleetStart {
  /** The fleet, once `start` has resolved. */
  fleet(): Fleet
  /** Starts the members and gives the first ingress; stopping that stops all. */
  readonly start: (options: StartOptions) => Promise<RunningVarTrack>
}

/** @param counts how many of each kind, besides one ingress */
export function prepareFleet(counts: Readonly<Record<Exclude<FleetApp, 'ingress'>, number>>): FleetStart {
  let started: Fleet | undefined
  return {
    fleet() {
      if (!started) throw new Error('The fleet has not started')
      return started
    },
    async start(options) {
      const fleet = createFleet(options)
      started = fleet
      const wanted = APPS.flatMap((app) => Array.from({ length: app === 'ingress' ? 1 : counts[app] }, () => app))
      await Promise.all(wanted.map((app) => fleet.add(app)))
      return asOne(fleet)
    },
  }
}

function createFleet(options: StartOptions): Fleet {
  const members: Record<FleetApp, RunningVarTrack[]> = { ingress: [], planner: [], writer: [], watcher: [] }
  return {
    members,
    async add(app, env) {
      const member = await startVarTrack({ ...options, app, env: { ...options.env, ...env } })
      members[app].push(member)
      return member
    },
    log: (app) => members[app].flatMap((member) => member.log()),
  }
}

function asOne(fleet: Fleet): RunningVarTrack {
  const [ingress] = fleet.members.ingress as [RunningVarTrack]
  const stop = async () => void (await Promise.all(APPS.flatMap((app) => fleet.members[app].map((member) => member.stop()))))
  return { ...ingress, log: () => APPS.flatMap((app) => fleet.log(app)), stop, [Symbol.asyncDispose]: stop }
}
