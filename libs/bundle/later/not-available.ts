import { fieldName, type Path, type Problem } from '../problems.js'

/**
 * What the design names and this version cannot do: understood, its fields checked, and refused rather than ignored.
 * @param what the thing, as the subject of a sentence
 */
export function notAvailable(path: Path, what: string): Problem {
  return {
    code: 'bundle.not_available',
    message: `${fieldName(path)}: ${what} is not available yet.`,
    remedy: 'Take it out of the bundle until a version that has it.',
    path,
  }
}
