/** A secret shorter than this is not searched for: it would be found everywhere. */
export const SHORTEST_SECRET = 4

/** A part of a secret (a line, the middle of its base64) shorter than this tells too little to be searched for. */
const SHORTEST_PART = 8

/** Every way a secret may be spelled in a log line, a URL, a header or a JSON document. */
export function secretForms(secret: string): Set<string> {
  const texts = [secret, ...lines(secret)]
  const forms = new Set<string>(texts)
  for (const text of texts) {
    for (const form of [...jsonForms(text), ...urlForms(text), ...hexForms(text), ...base64Forms(text)]) forms.add(form)
  }
  forms.delete('')
  return forms
}

/** A PEM key is often printed line by line. */
function lines(secret: string): string[] {
  const parts = secret.split(/\r?\n/)
  return parts.length > 1 ? parts.filter((part) => part.length >= SHORTEST_PART && !part.startsWith('-----')) : []
}

/** Escaped once, escaped within a string of a string, with ASCII only, with `\/`. */
function jsonForms(text: string): string[] {
  const once = JSON.stringify(text).slice(1, -1)
  const ascii = once.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const solidus = once.replaceAll('/', '\\/')
  return [once, JSON.stringify(once).slice(1, -1), ascii, solidus]
}

/** `encodeURIComponent`, its lower-case twin, the form encoding and the strict one of RFC 3986. */
function urlForms(text: string): string[] {
  const component = encodeURIComponent(wellFormed(text))
  const form = new URLSearchParams({ v: text }).toString().slice(2)
  const strict = component.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
  return [component, form, strict].flatMap((one) => [one, one.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())])
}

/** A lone surrogate becomes U+FFFD, as it does on its way into UTF-8; `encodeURIComponent` would throw. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}

function hexForms(text: string): string[] {
  const hex = Buffer.from(text).toString('hex')
  return [hex, hex.toUpperCase()]
}

/**
 * Base64 of the secret alone, and of the secret at any offset in something longer (`user:secret` of basic authentication):
 * the characters that do not depend on the neighbours.
 */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text)
  const whole = bytes.toString('base64')
  const middles = [0, 1, 2].map((offset) => base64Middle(bytes, offset)).filter((middle) => middle.length >= SHORTEST_PART)
  return [whole, ...middles].flatMap((form) => [form, form.replace(/=+$/, ''), form.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')])
}

function base64Middle(bytes: Buffer, offset: number): string {
  const shifted = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
  const start = Math.ceil((offset * 8) / 6)
  const end = Math.floor(((offset + bytes.length) * 8) / 6)
  return shifted.slice(start, end)
}
