import { maskAddresses } from './addresses.js'
import { isCredentialName } from './credential-names.js'
import { MASKED } from './masked.js'
import { SHORTEST_SECRET, secretForms } from './secret-forms.js'

/** The one place where secrets are hidden: in front of every log line, error, answer and report. */
export interface Mask {
  /** From now on the secret is hidden in every form. One of fewer than four characters is hidden by the name of its field only. */
  add(secret: string): void
  /** The text with every known secret, credential in a URL and bearer or basic token as `***`. */
  text(text: string): string
  /** A copy as plain data with every string masked and every field named like a credential `***`. Handles cycles, errors, maps and buffers. */
  value(value: unknown): unknown
}

/** A mask that knows no secret yet. Each process has one. */
export function createMask(): Mask {
  const forms = new Set<string>()
  let pattern: RegExp | undefined
  const text = (input: string): string => {
    pattern ??= patternOf(forms)
    return hideShapes(forms.size === 0 ? input : input.replace(pattern, MASKED))
  }
  return {
    add(secret) {
      if (secret.length < SHORTEST_SECRET || forms.has(secret)) return
      for (const form of secretForms(secret)) forms.add(form)
      pattern = undefined
    },
    text,
    value: (value) => copyMasked(value, { text, seen: new Map(), depth: 0 }),
  }
}

/** Longest first: a secret that contains another one is hidden whole. */
function patternOf(forms: ReadonlySet<string>): RegExp {
  const escaped = [...forms].toSorted((a, b) => b.length - a.length).map((form) => form.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'))
  return new RegExp(escaped.join('|'), 'g')
}

/** Credentials that are known by their place in the text: in addresses, `Bearer x`, `Basic x`. */
function hideShapes(text: string): string {
  return maskAddresses(text).replace(/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${MASKED}`)
}

type MaskText = (text: string) => string

/** Deeper than this nothing is copied, so that hostile input cannot exhaust the stack of whoever logs it. */
const DEEPEST = 100

/** One copy under way. */
interface Copying {
  readonly text: MaskText
  readonly seen: Map<object, unknown>
  readonly depth: number
}

function copyMasked(value: unknown, copying: Copying): unknown {
  const { text, seen, depth } = copying
  if (typeof value === 'string') return text(value)
  if (typeof value === 'bigint' || typeof value === 'symbol') return text(String(value))
  if (typeof value === 'function') return '[function]'
  if (typeof value !== 'object' || value === null) return value
  if (depth > DEEPEST) return '[too deep]'
  return seen.get(value) ?? copyObject(value, { text, seen, depth: depth + 1 })
}

function copyObject(value: object, copying: Copying): unknown {
  if (value instanceof Uint8Array) return `[${value.length} bytes]`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof URL || value instanceof RegExp) return copying.text(String(value))
  if (Array.isArray(value) || value instanceof Set) return copyList([...value], value, copying)
  const copy: Record<string, unknown> = {}
  copying.seen.set(value, copy)
  for (const [name, field] of fieldsOf(value)) copy[copying.text(name)] = isHidden(name, field) ? MASKED : copyMasked(field, copying)
  return copy
}

function copyList(items: readonly unknown[], original: object, copying: Copying): unknown[] {
  const copy: unknown[] = []
  copying.seen.set(original, copy)
  for (const item of items) copy.push(copyMasked(item, copying))
  return copy
}

/** Whether a secret is set may be shown (`secret: true`); what it is may not. */
function isHidden(name: string, field: unknown): boolean {
  return field !== null && field !== undefined && typeof field !== 'boolean' && isCredentialName(name)
}

function fieldsOf(value: object): [string, unknown][] {
  if (value instanceof Map) return [...value].map(([key, field]) => [String(key), field])
  const own = Object.entries(value)
  if (!(value instanceof Error)) return own
  const fields: [string, unknown][] = [['name', value.name], ['message', value.message], ['stack', value.stack], ['cause', value.cause], ...own]
  return [...new Map(fields.filter(([, field]) => field !== undefined))]
}
