import type { LocationRule } from '@vartrack/sink-kit'

/** A path of znodes; `/zookeeper` belongs to the server. */
export const location: LocationRule = {
  allowed: /[A-Za-z0-9._-]/,
  replacement: '-',
  lowerCase: false,
  segments: true,
  shape: /^\/[^\p{Cc}\ud800-\uf8ff\ufff0-\uffff%]{1,1000}(?<!\/)$/u,
  reserved: /^\/zookeeper(\/|$)/,
}
