import { toVarTrackError } from '@vartrack/errors'
import { type DestinationStream, type Logger, pino } from 'pino'
import type { LogLevel } from './config.js'
import { prettyLine } from './pretty-line.js'

export type { Logger } from 'pino'

/** What hides secrets; `createMask()` of `@vartrack/secrets` fits. */
export interface LogMask {
  value(value: unknown): unknown
}

/** What {@link createLogger} is given. */
export interface LoggerOptions {
  /** Of the process: `ingress`, `writer`. */
  readonly name: string
  readonly level: LogLevel
  readonly format: 'json' | 'pretty'
  readonly mask: LogMask
  /** Default: standard output. */
  readonly destination?: DestinationStream
}

/**
 * A logger whose lines are masked whole before they are written: message, fields and bindings. `log.child({ correlation })` puts an id on every line.
 * An error (`err`, `error`) becomes its code, message and place; a stack is never written.
 */
export function createLogger({ name, level, format, mask, destination = pino.destination(1) }: LoggerOptions): Logger {
  const options = {
    level,
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: errorFields, error: errorFields },
  }
  const render = format === 'pretty' ? prettyLine : JSON.stringify
  return pino(options, {
    write: (line) => destination.write(`${render(mask.value(JSON.parse(line)) as Record<string, unknown>)}\n`),
  })
}

function errorFields(value: unknown): unknown {
  return value instanceof Error ? toVarTrackError(value).toJSON() : value
}
