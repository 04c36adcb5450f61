import type { LocationRule } from '@vartrack/sink-kit'

/** The name of a Helm release: a DNS label, at most 53 long. */
export const location: LocationRule = {
  allowed: /[a-z0-9-]/,
  replacement: '-',
  lowerCase: true,
  segments: false,
  shape: /^[a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?$/,
  reserved: undefined,
}
