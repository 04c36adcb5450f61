import type { TokenCheck } from '@vartrack/auth'
import type { Bundle } from '@vartrack/bundle'
import type { EventLog } from '@vartrack/host'
import type { Producer } from '@vartrack/queues'
import type { RegistryLocation } from '@vartrack/schemas'
import type { Mask } from '@vartrack/secrets'
import type { SecretReference } from '@vartrack/sink-kit'
import type { State } from '@vartrack/state'

/** What the ingress counts. */
interface IngressMetrics {
  /** One delivery, by the name of its platform (`unknown` until it is trusted) and the status it was answered with. */
  webhook(platform: string, status: number, seconds: number): void
}

/** What the ingress reads, and the deliveries it marks. */
type IngressState = Pick<
  State,
  'deliverySeen' | 'firstDelivery' | 'targets' | 'target' | 'status' | 'history' | 'ledger' | 'changeSets' | 'changeSet' | 'outcomes'
>

/** Everything the ingress works with; `start.ts` wires it, tests pass their own. */
export interface IngressDependencies {
  readonly bundle: () => Bundle
  /** Where schemas lie: a push there is handled too. */
  readonly registries: () => readonly RegistryLocation[]
  readonly producer: Pick<Producer, 'add' | 'queue' | 'ready'>
  readonly state: IngressState
  /** Keys of a ledger, sorted: the core's. */
  readonly ledgerKeys: (ledger: Buffer) => Promise<string[]>
  readonly tokenCheck: TokenCheck
  /** Serve API and board to this machine alone: a bundle without `auth`. */
  readonly loopbackOnly: () => boolean
  readonly secret: (reference: SecretReference) => Promise<string>
  /** Loads the bundle anew; a bundle that does not load throws and leaves the running one in place. */
  readonly reload: () => Promise<Bundle>
  /** Liveness: why the process is stuck, or `undefined`. */
  readonly alive: () => Promise<string | undefined>
  readonly mask: Mask
  readonly metrics: IngressMetrics
  readonly log: EventLog
  readonly limits?: Partial<IngressLimits>
}

/** What a client may take. */
export interface IngressLimits {
  /** A body must be here within so many ms. */
  readonly bodyTimeoutMs: number
  /** Bodies being read at once may take so many bytes in all; beyond it the answer is 429. */
  readonly bufferedBytes: number
  /** Of a body of the API. */
  readonly apiBodyBytes: number
}

/** Where nobody says otherwise. */
export const DEFAULT_LIMITS: IngressLimits = { bodyTimeoutMs: 10_000, bufferedBytes: 128 * 1024 * 1024, apiBodyBytes: 64 * 1024 }
