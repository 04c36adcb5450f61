import { toVarTrackError } from '@vartrack/errors'
import { type DestinationStream, type Logger, pino } from 'pino'
import type { LogLevel } from './config.js'
import { prettyLines } from './pretty-lines.js'

export type { Logger } from 'pino'

/** What hides secrets; `createMask()` of `@vartrack/secrets` fits. */
export interface LogMask {
  text(text: string): string
  value(value: unknown): unknown
}

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
 * A logger whose messages, fields and bindings are masked before they are written. `log.child({ correlation })` puts an id on every line.
 * An error in a field becomes its code, message and place; a stack is never written.
 */
export function createLogger({ name, level, format, mask, destination = pino.destination(1) }: LoggerOptions): Logger {
  const masked = (fields: object) => mask.value(withoutStacks(fields)) as Record<string, unknown>
  const options = {
    name,
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), bindings: masked, log: masked },
    hooks: {
      logMethod(this: Logger, args: Parameters<pino.LogFn>, method: pino.LogFn) {
        const clean = args.map((argument: unknown) => (typeof argument === 'string' ? mask.text(argument) : argument))
        method.apply(this, clean as Parameters<pino.LogFn>)
      },
    },
  }
  return pino(options, format === 'pretty' ? prettyLines(destination) : destination)
}

function withoutStacks(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, value instanceof Error ? toVarTrackError(value).toJSON() : value]))
}
