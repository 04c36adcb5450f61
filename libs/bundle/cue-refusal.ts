import { problemsOf, VarTrackError } from '@vartrack/errors'
import { isCredentialName, MASKED } from '@vartrack/secrets'
import { fieldName, type Path } from './problems.js'
import { toldOnce } from './told-once.js'

const REMEDIES: Readonly<Record<string, string>> = {
  'cue.syntax': 'Correct the syntax; nothing was loaded.',
  'cue.evaluation': 'Give the field one value that fits all that is said of it.',
  'cue.incomplete': 'Give the field a value.',
}

/**
 * What CUE itself refuses (syntax, contradictions, open fields) as one `bundle.invalid`, like everything else that is wrong with a bundle.
 * A limit that was hit, and what is no error of CUE, stays what it is.
 */
export function notEvaluated(error: unknown, file: string): unknown {
  if (!(error instanceof VarTrackError) || !error.code.startsWith('cue.') || error.disposition.kind !== 'stall') return error
  return new VarTrackError({
    code: 'bundle.invalid',
    message: `${file} is no valid CUE.`,
    place: error.place,
    others: toldOnce(withoutSource(problemsOf(error)).map(forOperators)).map((fault) => new VarTrackError(fault)),
  })
}

/** A mistake in what several fields are made of is found there, too; it is told of the fields. */
function withoutSource([first, ...others]: readonly VarTrackError[]): readonly VarTrackError[] {
  return others.some(({ message }) => message === first?.message) ? others : [first as VarTrackError, ...others]
}

function forOperators(error: VarTrackError) {
  const remedy = error.remedy ?? REMEDIES[error.code] ?? 'Correct it; nothing was loaded.'
  const { field, ...place } = error.place
  const path = field === undefined ? [] : pathOf(field)
  const subject = field === undefined ? '' : `${fieldName(path)}: `
  return { code: error.code, message: `${subject}${withoutCredentials(error)}.`.replace(/\.+$/, '.'), remedy, path, place }
}

/** `bundle.rules.0.name`, as CUE has it, to the path it stands for. */
function pathOf(field: string): Path {
  return field.split('.').map((label) => (/^\d+$/.test(label) ? Number(label) : label))
}

/** CUE quotes the values it found. Those of a credential are not for the log, nor those of hidden fields, which may be put anywhere. */
function withoutCredentials({ message, place }: VarTrackError): string {
  const labels = (place.field ?? '').split('.')
  const confidential = labels.some((label) => isCredentialName(label) || /^[_#]/.test(label))
  if (!confidential || message.startsWith('reference ')) return message
  return message.replace(/"(?:[^"\\]|\\.)*"/g, `"${MASKED}"`)
}
