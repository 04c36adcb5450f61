import type { LocationRule } from '@vartrack/sink-kit'

/** A collection. `system.` belongs to the server, `_vartrack` to varTrack. */
export const location: LocationRule = {
  allowed: /[A-Za-z0-9._-]/,
  replacement: '-',
  lowerCase: false,
  segments: false,
  shape: /^(?!\.)[^$\p{Cc}]{1,120}(?<!\.)$/u,
  reserved: /^(system\.|_vartrack)/,
}
