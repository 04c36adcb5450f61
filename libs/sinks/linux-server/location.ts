import type { LocationRule } from '@vartrack/sink-kit'

/** An absolute path of a file. */
export const location: LocationRule = {
  allowed: /[A-Za-z0-9._-]/,
  replacement: '-',
  lowerCase: false,
  segments: true,
  shape: /^\/[^\p{Cc}]{1,1000}[^/\p{Cc}]$/u,
  reserved: undefined,
}
