import type { Bundle } from '@vartrack/bundle'
import { type CompileContext, type CompiledFile, tenantOf } from '@vartrack/engine'
import { describeError, gatherRefusals, problemsOf, VarTrackError } from '@vartrack/errors'
import type { EventLog } from '@vartrack/host'
import type { PlanJob } from '@vartrack/queues'
import { type Registries, type Validator, violationErrors } from '@vartrack/schemas'
import { unresolvedReferences } from './secret-references.js'
import { tellProblems } from './tell-problems.js'

/** What an inspection works with. */
export interface InspectionContext {
  readonly bundle: () => Bundle
  readonly schemas: Pick<Registries, 'schemaOf'>
  readonly validator: Validator
  readonly log: EventLog
}

/** Holds every file of one change set to its tenant's schema. */
export interface Inspection {
  /** Marks a release as its schema says. What is wrong is kept for {@link Inspection.end}, so that all of it is told at once. */
  readonly inspect: NonNullable<CompileContext['inspect']>
  /**
   * Tells what is wrong, after every file was looked at.
   * @returns what rules that are not strict let pass
   * @throws VarTrackError `secret.unavailable` when a value refers to a secret, `schema.violation` when a strict rule reads a file that does not meet its schema, all that is
   * wrong in `others`
   */
  readonly end: () => readonly VarTrackError[]
  /**
   * Tells of files that could not be compiled, and with them of what is wrong with the others.
   * @param thrown what compiling threw
   * @throws what was thrown, or one error with it and all that {@link Inspection.end} would refuse in `others`
   */
  readonly endRefused: (thrown: unknown) => never
}

/** @param job the plan whose files are looked at */
export function createInspection(job: PlanJob, context: InspectionContext): Inspection {
  const refused = new Map<string, VarTrackError>()
  const warned = new Map<string, VarTrackError>()
  const unresolved = new Map<string, VarTrackError>()
  return {
    inspect: async (release, inspected) => {
      const { file } = inspected
      for (const error of await unresolvedReferences(release, file.path, inspected.locate)) unresolved.set(describeError(error), error)
      const tenant = tenantOf(file.rule, context.bundle(), job.repo)
      const schema = await context.schemas.schemaOf(tenant, file.path, file.rule.schema)
      if (!schema) return release
      const { release: marked, violations } = await context.validator.inspect(release, schema, file.path)
      const found = file.rule.strictValidation ? refused : warned
      // One file may go to several destinations, by several rules; what is wrong with it is told once.
      for (const error of await violationErrors(violations, file.path, inspected.locate)) found.set(describeError(error), error)
      return { ...marked, diagnostics: release.diagnostics } satisfies CompiledFile
    },
    end() {
      tellProblems([...unresolved.values(), ...refused.values(), ...warned.values()], job, context)
      if (unresolved.size > 0) throw unresolvable([...unresolved.values(), ...refused.values()].toSorted(byPlace))
      if (refused.size > 0) throw violated([...refused.values()].toSorted(byPlace))
      return [...warned.values()].toSorted(byPlace)
    },
    endRefused(thrown) {
      if (!(thrown instanceof VarTrackError) || thrown.disposition.kind !== 'stall') throw thrown
      const error = gatherRefusals([thrown, ...[...unresolved.values(), ...refused.values()].toSorted(byPlace)])
      // A single problem is told with the end of the job.
      const gathered = error.others.length > 0 ? problemsOf(error) : []
      tellProblems([...gathered, ...warned.values()], job, context)
      throw error
    },
  }
}

function violated(violations: readonly VarTrackError[]): VarTrackError {
  const files = new Set(violations.map(({ place }) => place.file))
  const count = violations.length === 1 ? 'A field does' : `${violations.length} fields do`
  return refusal('schema.violation', `${count} not meet the schema: ${[...files].join(', ')}.`, 'Correct each of them', violations)
}

function unresolvable(wrong: readonly VarTrackError[]): VarTrackError {
  const message = 'Values refer to secrets, and references are not available yet.'
  return refusal('secret.unavailable', message, 'Give the values themselves, or leave the keys out', wrong)
}

/** All that is wrong as one error, at the place of the first. */
function refusal(code: string, message: string, remedy: string, wrong: readonly VarTrackError[]): VarTrackError {
  return new VarTrackError({ code, message, remedy: `${remedy}; nothing was written.`, place: wrong[0]?.place ?? {}, others: wrong })
}

function byPlace(one: VarTrackError, other: VarTrackError): number {
  const file = (one.place.file ?? '').localeCompare(other.place.file ?? '')
  return file || (one.place.line ?? 0) - (other.place.line ?? 0) || (one.place.column ?? 0) - (other.place.column ?? 0)
}
