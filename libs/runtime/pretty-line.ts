/** A line for a person out of the fields of pino's: `12:00:00.123 INFO  planner    planned changeSet=…`. */
export function prettyLine({ time, level, name, msg, ...fields }: Record<string, unknown>): string {
  const clock = typeof time === 'string' ? time.slice(11, 23) : ''
  const rest = Object.entries(fields).map(([field, value]) => `${field}=${plain(value)}`)
  return [clock, String(level).toUpperCase().padEnd(5), String(name).padEnd(10), harmless(typeof msg === 'string' ? msg : ''), ...rest]
    .join(' ')
    .trimEnd()
}

function plain(value: unknown): string {
  return typeof value === 'string' && /^[\w./:@-]+$/.test(value) ? value : harmless(JSON.stringify(value))
}

/** A branch or a key may hold escape sequences; a terminal must not act on them. */
function harmless(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
