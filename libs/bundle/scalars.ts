import { hasUserInfo } from '@vartrack/secrets/addresses'
import { Duration } from '@vartrack/sink-kit'
import { z } from 'zod'
import { globFault, hasControlCharacter } from './globs.js'
import { parseSize } from './size.js'

/** Milliseconds, of a text with a unit. A bare number is refused: it could be meant as seconds as well. */
export const TimeSpan = z.unknown().transform((written, context) => {
  const ms = typeof written === 'string' ? Duration.safeParse(written).data : undefined
  if (ms !== undefined) return ms
  const remedy = 'Write it with a unit, such as "500ms", "30s", "5m" or "1h".'
  context.addIssue({ code: 'custom', message: `is no duration: ${JSON.stringify(written)}.`, params: { code: 'bundle.bad_duration', remedy } })
  return z.NEVER
})

/** Bytes. */
export const Size = z.union([z.string(), z.number()]).transform((written, context) => {
  const bytes = parseSize(written)
  if (bytes !== undefined) return bytes
  const remedy = 'Write bytes, or a unit such as "10MiB"; more than zero.'
  context.addIssue({ code: 'custom', message: `is no size: ${JSON.stringify(written)}.`, params: { code: 'bundle.bad_size', remedy } })
  return z.NEVER
})

/** A picomatch glob. */
export const Glob = z.string().superRefine((glob, context) => {
  const fault = globFault(glob)
  if (fault)
    context.addIssue({ code: 'custom', message: `is no usable glob: ${fault}.`, params: { code: 'bundle.bad_glob', remedy: 'Correct the glob.' } })
})

/** `http`, `https` or `ssh`, without credentials, without the slash at its end. What is refused is not shown: it may hold a password. */
export const Endpoint = z.string().transform((text, context) => {
  if (isEndpoint(text)) return text.replace(/\/+$/, '')
  const remedy = 'Write it as "https://host"; credentials belong into their own fields.'
  context.addIssue({ code: 'custom', message: 'is no usable address.', params: { code: 'bundle.bad_url', remedy } })
  return z.NEVER
})

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return ['http:', 'https:', 'ssh:'].includes(url.protocol) && url.hostname !== '' && !hasUserInfo(url) && url.search === ''
}

/** One line of text, not empty. */
export const Line = z.string().superRefine((text, context) => {
  if (text !== '' && !hasControlCharacter(text)) return
  const message = text === '' ? 'is empty.' : 'contains a control character.'
  context.addIssue({ code: 'custom', message, params: { code: 'bundle.bad_value', remedy: 'Write one line of text.' } })
})

/** What tells two of a kind apart; becomes part of names, URLs and queue ids. */
export const Tag = z.string().superRefine((tag, context) => {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(tag)) return
  const remedy = 'Use letters, digits, ".", "_" and "-", a letter or digit first.'
  context.addIssue({ code: 'custom', message: `is no usable tag: ${JSON.stringify(tag)}.`, params: { code: 'bundle.bad_name', remedy } })
})

/** A whole number from zero. */
export const Count = z.int().nonnegative()
