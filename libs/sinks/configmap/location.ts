import type { LocationRule } from '@vartrack/sink-kit'

/** The name of a ConfigMap: a DNS subdomain. */
export const location: LocationRule = {
  allowed: /[a-z0-9.-]/,
  replacement: '-',
  lowerCase: true,
  segments: false,
  shape: /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/,
  reserved: /^kube-root-ca\.crt$/,
}
