import { VarTrackError } from '@vartrack/errors'
import type { Annotation, Evaluated, SchemaDescription, SchemaForm, Validated, Violation } from './contract.js'
import type { Outcome } from './thread.js'

/** What the module is asked; `go/main.go` has its twin. */
export interface Question {
  readonly kind: 'evaluate' | 'validate' | 'describe'
  readonly source: string
  readonly file: string
  readonly data?: string
  readonly dataFile?: string
  readonly form?: SchemaForm | 'auto'
}

interface Problem {
  readonly code: string
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly field?: string
}

/** What the module replies; `go/main.go` has its twin. */
export interface Reply {
  readonly problems?: readonly Problem[]
  readonly json?: string
  readonly positions?: readonly (readonly [path: string, line: number, column: number])[]
  readonly form?: SchemaForm
  readonly violations?: readonly Violation[]
  readonly more?: number
  readonly annotations?: readonly Annotation[]
}

/**
 * The reply, if there is one.
 * @param outcome of the thread
 * @param question that was asked; what is wrong with its data is reported at its dataFile
 * @throws VarTrackError the failure of the thread, or the problems that the module found: the only one, or one for all of them in `others`
 */
export function raise(outcome: Outcome, { file, dataFile = file }: Question): Reply {
  if ('failure' in outcome) {
    const { code, message, remedy, disposition } = outcome.failure
    throw new VarTrackError({ code, message, disposition, place: { file }, ...(remedy ? { remedy } : {}) })
  }
  const reply = JSON.parse(outcome.text) as Reply
  const problems = (reply.problems ?? []).map((problem) => ({ file: dataFile, ...problem }))
  const [first] = problems
  if (first && problems.length > 1) throw toError({ ...first, message: `${problems.length} problems: ${first.file}.` }, problems)
  if (first) throw toError(first, [])
  return reply
}

/** The reply to `evaluate`. */
export function toEvaluated(reply: Reply): Evaluated {
  const positions = new Map((reply.positions ?? []).map(([path, line, column]) => [path, { line, column }]))
  return { json: reply.json ?? 'null', positions }
}

/** The reply to `validate`. */
export function toValidated({ violations = [], more = 0, annotations = [] }: Reply): Validated {
  return { violations, more, annotations }
}

/** The reply to `describe`. */
export function toDescription({ form = 'tree', annotations = [] }: Reply): SchemaDescription {
  return { form, annotations }
}

function toError({ code, message, ...place }: Problem, others: readonly Problem[]): VarTrackError {
  const disposition = code === 'cue.internal' ? ({ kind: 'bug' } as const) : ({ kind: 'stall' } as const)
  return new VarTrackError({ code, message, place, disposition, others: others.map((other) => toError(other, [])) })
}
