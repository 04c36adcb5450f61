import type { Platform } from '../contract.js'
import type { Report } from '../problems.js'
import type { KnownDatasource } from '../sections/datasources.js'

/** What the rules are checked against. A name whose value is `undefined` is known, and its block had faults of its own. */
export interface CheckContext {
  readonly platforms: ReadonlyMap<string, Platform | undefined>
  readonly datasources: ReadonlyMap<string, KnownDatasource | undefined>
  readonly report: Report
}
