import type { DestinationStream } from 'pino'

/** Lines for a person out of pino's JSON: `12:00:00.123 INFO  planned change_set=…`. */
export function prettyLines(destination: DestinationStream): DestinationStream {
  return { write: (line) => destination.write(`${prettyLine(line)}\n`) }
}

function prettyLine(line: string): string {
  const { time, level, name, msg, ...fields } = JSON.parse(line) as Record<string, unknown>
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
