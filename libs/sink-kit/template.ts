import { VarTrackError } from '@vartrack/errors'
import type { Names } from './contract.js'

/** The words a template may hold in braces. */
export const PLACEHOLDERS = ['env', 'tenant', 'repo', 'branch', 'tag', 'pr'] as const satisfies readonly (keyof Names)[]
type Placeholder = (typeof PLACEHOLDERS)[number]

const BRACED = /\{([^{}]*)\}/g

/**
 * The placeholders a template names, each once, in the order of their first use.
 * @throws VarTrackError `template.unknown_placeholder` for any other word in braces, and for a brace without its partner
 */
export function placeholders(template: string): Placeholder[] {
  const { known, faults } = readPlaceholders(template)
  if (faults[0]) throw faults[0]
  return known
}

/** As {@link placeholders}, with every fault in the order of the template instead of the first one thrown. */
export function readPlaceholders(template: string): { readonly known: Placeholder[]; readonly faults: VarTrackError[] } {
  const known = new Set<Placeholder>()
  const strangers = new Set<string>()
  const rest = template.replace(BRACED, (braced, word: string) => {
    if (isPlaceholder(word)) known.add(word)
    else strangers.add(braced)
    return ''
  })
  const stray = /[{}]/.exec(rest)
  return { known: [...known], faults: [...strangers, ...(stray ?? [])].map((braced) => unknownPlaceholder(template, braced)) }
}

/**
 * A template with its placeholders replaced. What is put in is made harmless by `slug`, and not scanned again.
 * @param slug turns a name into characters that the store allows
 * @throws VarTrackError `template.unknown_placeholder`; `template.unresolved` when a name is not known; `template.unsafe` when a name holds
 * braces, control characters, a `..` segment, or is absolute
 */
export function fillTemplate(template: string, names: Names, slug: (name: string) => string): string {
  placeholders(template)
  return template.replace(BRACED, (_, word: Placeholder) => {
    const name = resolved(`The template ${JSON.stringify(template)}`, word, names)
    if (isUnsafe(name)) throw unsafeTemplate(template, `{${word}} would become ${JSON.stringify(name)}`)
    return slug(name)
  })
}

/**
 * A constant of `variables_map` with its placeholders replaced by the names as they are. Other braces stay: the value may be JSON.
 * @param key of the constant, for the error; the value may be a secret, and is not repeated
 * @throws VarTrackError `template.unresolved` when a name is not known, with `constant` and `placeholder` in its details
 */
export function fillPlain(key: string, value: string, names: Names): string {
  return value.replace(BRACED, (braced, word: string) => {
    if (!isPlaceholder(word)) return braced
    return resolved(`The constant ${JSON.stringify(key)} of variables_map`, word, names, { constant: key })
  })
}

/** The error of a template that would lead outside of what it may name. */
export function unsafeTemplate(template: string, what: string): VarTrackError {
  return new VarTrackError({
    code: 'template.unsafe',
    message: `The template ${JSON.stringify(template)} is refused: ${what}.`,
    remedy: 'Names must not hold braces, control characters, or path segments that lead elsewhere.',
  })
}

function isPlaceholder(word: string): word is Placeholder {
  return (PLACEHOLDERS as readonly string[]).includes(word)
}

function resolved(subject: string, word: Placeholder, names: Names, details: { readonly constant?: string } = {}): string {
  const name = names[word]
  if (name) return name
  throw new VarTrackError({
    code: 'template.unresolved',
    message: `${subject} names {${word}}, which is not known here.`,
    remedy: `Use another placeholder, or map the event so that {${word}} is known.`,
    details: { ...details, placeholder: word },
  })
}

function isUnsafe(name: string): boolean {
  return /[{}\p{Cc}]/u.test(name) || /^([/\\~]|[a-z]:)/i.test(name) || name.split(/[/\\]/).includes('..')
}

function unknownPlaceholder(template: string, braced: string): VarTrackError {
  return new VarTrackError({
    code: 'template.unknown_placeholder',
    message: `The template ${JSON.stringify(template)} holds ${braced}, which is no placeholder.`,
    remedy: `Known are ${PLACEHOLDERS.map((word) => `{${word}}`).join(' ')}.`,
  })
}
