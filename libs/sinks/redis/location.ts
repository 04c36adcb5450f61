import type { LocationRule } from '@vartrack/sink-kit'

/** A key. Braces would choose the cluster slot and are not allowed at all. */
export const location: LocationRule = {
  allowed: /[A-Za-z0-9._-]/,
  replacement: '-',
  lowerCase: false,
  segments: false,
  shape: /^[^{}\p{Cc}]{1,1024}$/u,
  reserved: /^__vt|:__vt(:|$)/,
}
