import type { LocationRule } from '@vartrack/sink-kit'

/** A prefix of object keys. */
export const location: LocationRule = {
  allowed: /[A-Za-z0-9._-]/,
  replacement: '-',
  lowerCase: false,
  segments: true,
  shape: /^[^/\p{Cc}][^\p{Cc}]{0,899}$/u,
  reserved: undefined,
}
