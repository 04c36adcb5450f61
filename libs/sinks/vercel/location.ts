import type { LocationRule } from '@vartrack/sink-kit'

/** A prefix of variable names. */
export const location: LocationRule = {
  allowed: /[A-Za-z0-9_]/,
  replacement: '_',
  lowerCase: false,
  segments: false,
  shape: /^[A-Za-z][A-Za-z0-9_]{0,199}$/,
  reserved: undefined,
}
