import type { Names } from './contract.js'
import { fillTemplate, unsafeTemplate } from './template.js'

/** What a store allows in the names it gives places: plain data, one per sink. */
export interface LocationRule {
  /** Matches one character that may stay; every other becomes `replacement`. */
  readonly allowed: RegExp
  readonly replacement: '-' | '_'
  readonly lowerCase: boolean
  /** Path segments may not be empty, `.` or `..`. */
  readonly segments: boolean
  /** What a finished location has to match. */
  readonly shape: RegExp
  /** Finished locations the store or varTrack keeps for itself. */
  readonly reserved: RegExp | undefined
}

/**
 * Template and names to the place in the store, in the characters its names allow.
 * @throws VarTrackError `template.unknown_placeholder`, `template.unresolved`, `template.unsafe`
 */
export function locate(template: string, names: Names, rule: LocationRule): string {
  const location = fillTemplate(template, names, (name) => slug(name, rule))
  if (!rule.shape.test(location)) throw unsafeTemplate(template, `${JSON.stringify(location)} is no name that the store takes`)
  if (rule.reserved?.test(location)) throw unsafeTemplate(template, `${JSON.stringify(location)} is kept for the store itself`)
  if (rule.segments && hasOddSegment(location)) throw unsafeTemplate(template, `${JSON.stringify(location)} has an empty, "." or ".." segment`)
  return location
}

function slug(name: string, rule: LocationRule): string {
  const cased = rule.lowerCase ? name.toLowerCase() : name
  return Array.from(cased, (character) => (rule.allowed.test(character) ? character : rule.replacement)).join('')
}

function hasOddSegment(location: string): boolean {
  const inner = location.replace(/^\//, '').replace(/\/$/, '')
  return inner.split('/').some((segment) => segment === '' || segment === '.' || segment === '..')
}
