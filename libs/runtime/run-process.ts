import { describeError, problemsOf, toVarTrackError, VarTrackError } from '@vartrack/errors'
import { createMask, type Mask } from '@vartrack/secrets'
import { type Config, readConfig } from './config.js'
import { createLogger, type Logger } from './logger.js'
import { createMetrics, type Metrics } from './metrics.js'
import { countSignals } from './signals.js'

/** What a process is given to start with. */
export interface ProcessContext {
  readonly config: Config
  readonly log: Logger
  readonly mask: Mask
  readonly metrics: Metrics
  /**
   * Ends work before anything is closed: doors and consumers, all at once, so that one with a long job does not take the time of the others.
   * `timeoutMs` is SHUTDOWN_TIMEOUT less what closing needs.
   */
  onDrain(what: string, drain: (timeoutMs: number) => Promise<void>): void
  /** Closes something when all work has ended; what was opened last is closed first. `timeoutMs` is what is left of SHUTDOWN_TIMEOUT. */
  onClose(what: string, close: (timeoutMs: number) => Promise<void>): void
  /** Called on SIGHUP: read the bundle again. */
  onHangup(reload: () => Promise<void>): void
  /** Ends the process, in order and with code 1, because something is gone that it cannot work without. Does nothing in a process that is ending. */
  fail(error: unknown): void
}

interface Closer {
  readonly what: string
  readonly close: (timeoutMs: number) => Promise<void>
}

/**
 * Runs a process from its environment to its end. SIGTERM and SIGINT close what it opened, in order, within SHUTDOWN_TIMEOUT; a second one ends it at
 * once. A start that fails and an error nobody handled end it with code 1. A person reads one line for each problem, never a stack.
 * @param name of the process, for logs: `ingress`
 * @param start opens everything; registers what has to be closed as soon as it is open
 */
export async function runProcess(name: string, start: (context: ProcessContext) => Promise<void>): Promise<void> {
  const mask = createMask()
  const opened = await orExit(name, mask, async () => openContext(name, readConfig(), mask))
  const { log, config } = opened
  if (config.otlpEndpoint) log.warn('OTEL_EXPORTER_OTLP_ENDPOINT is set, and traces are not available yet: none are sent; metrics are at /metrics')
  let ending = false
  const nth = countSignals()
  const end = async (code: number, why: string) => {
    const now = nth()
    if (now === 'second') process.exit(1)
    if (now === 'same') return
    ending = true
    log.info(`${why}: closing`)
    const inTime = await closeAll(opened, config.shutdownTimeoutMs, log)
    process.exit(inTime ? code : 1)
  }
  const fail = (error: unknown) => {
    log.fatal(describeError(error))
    if (!ending) void end(1, 'failed')
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(0, signal))
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) process.on(event, fail)
  process.on('SIGHUP', () => void reloadAll(opened.reloads, log))
  await orExit(
    name,
    mask,
    () => start({ ...opened, fail: (error) => (ending ? undefined : fail(error)) }),
    () => closeAll(opened, config.shutdownTimeoutMs, log),
  )
}

function openContext(name: string, config: Config, mask: Mask) {
  const drains: Closer[] = []
  const closers: Closer[] = []
  const reloads: (() => Promise<void>)[] = []
  if (config.redisUrl && new URL(config.redisUrl).password) mask.add(decodeURIComponent(new URL(config.redisUrl).password))
  return {
    config,
    mask,
    log: createLogger({ name, level: config.logLevel, format: config.logFormat, mask }),
    metrics: createMetrics(),
    onDrain: (what: string, close: Closer['close']) => void drains.push({ what, close }),
    onClose: (what: string, close: Closer['close']) => void closers.push({ what, close }),
    onHangup: (reload: () => Promise<void>) => void reloads.push(reload),
    drains,
    closers,
    reloads,
  }
}

/** Kept of SHUTDOWN_TIMEOUT for closing what has been drained, in ms; at most a fifth of it. */
const CLOSING_MS = 2_000

interface Opened {
  readonly drains: readonly Closer[]
  readonly closers: readonly Closer[]
}

/** @returns false when time was up before all was closed */
async function closeAll({ drains, closers }: Opened, timeoutMs: number, log: Logger): Promise<boolean> {
  const until = performance.now() + timeoutMs
  const drainMs = timeoutMs - Math.min(CLOSING_MS, timeoutMs / 5)
  const drained = await Promise.all(drains.map(({ what, close }) => closeOne(what, close, drainMs, log)))
  let inTime = !drained.includes(false)
  for (const { what, close } of closers.toReversed()) {
    const left = Math.max(0, until - performance.now())
    inTime = (await closeOne(what, close, left, log)) && inTime
  }
  return inTime
}

async function closeOne(what: string, close: Closer['close'], leftMs: number, log: Logger): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(notClosed(what)), leftMs + 500)
  })
  try {
    await Promise.race([close(leftMs), late])
    return true
  } catch (error) {
    log.error(`closing ${what}: ${describeError(error)}`)
    return false
  } finally {
    clearTimeout(timer)
  }
}

function notClosed(what: string): VarTrackError {
  return new VarTrackError({
    code: 'process.not_closed',
    message: `${what} did not close in time.`,
    remedy: 'Raise SHUTDOWN_TIMEOUT if it happens often.',
  })
}

async function reloadAll(reloads: readonly (() => Promise<void>)[], log: Logger): Promise<void> {
  for (const reload of reloads) await reload().catch((error: unknown) => log.error(`reloading: ${describeError(error)}`))
}

async function orExit<T>(name: string, mask: Mask, work: () => Promise<T>, cleanUp?: () => Promise<unknown>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    for (const problem of problemsOf(toVarTrackError(error))) process.stderr.write(`vartrack ${name}: ${mask.text(describeError(problem))}\n`)
    await cleanUp?.()
    return process.exit(1)
  }
}
