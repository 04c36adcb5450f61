import { type Disposition, VarTrackError } from '@vartrack/errors'

/** What went wrong between a sink and its store. The drivers' own errors can hold values and credentials: only these words leave a sink. */
const FAULTS = {
  'sink.auth': {
    message: 'The store refused the credentials',
    remedy: 'Check user and password of the datasource, and what they may do.',
    disposition: { kind: 'stall' },
  },
  'sink.unreachable': {
    message: 'The store cannot be reached',
    remedy: 'Check address, network and TLS of the datasource.',
    disposition: { kind: 'retry' },
  },
  'sink.unavailable': {
    message: 'The store cannot take work now',
    remedy: 'It is loading, failing over or full; the work is tried again.',
    disposition: { kind: 'retry' },
  },
  'sink.timeout': { message: 'The store did not answer in time', remedy: 'Check that it is reachable.', disposition: { kind: 'retry' } },
  'sink.throttled': {
    message: 'The store asks to slow down',
    remedy: 'The work is tried again later.',
    disposition: { kind: 'wait', afterMs: 1000 },
  },
  'sink.wrong_type': {
    message: 'Something of another kind is in the place',
    remedy: 'Remove it or choose another destination; varTrack does not overwrite what it did not make.',
    disposition: { kind: 'stall' },
  },
  'sink.not_available': {
    message: 'This cannot be used',
    remedy: 'Choose another option of the datasource.',
    disposition: { kind: 'stall' },
  },
  'sink.refused': {
    message: 'The store refused the operation',
    remedy: 'See the documentation of the store for the code.',
    disposition: { kind: 'stall' },
  },
} as const satisfies Record<string, { message: string; remedy: string; disposition: Disposition }>

export type StoreFault = keyof typeof FAULTS

/**
 * The error of a store.
 * @param detail a code or a few words of our own; never the driver's text
 * @param location where, when it is known
 * @param afterMs how long the store asks to wait, for `sink.throttled`
 */
export function storeError(fault: StoreFault, detail: string, location?: string, afterMs?: number): VarTrackError {
  const { message, remedy, disposition } = FAULTS[fault]
  return new VarTrackError({
    code: fault,
    message: `${message} (${detail}).`,
    remedy,
    disposition: afterMs !== undefined && disposition.kind === 'wait' ? { kind: 'wait', afterMs } : disposition,
    ...(location === undefined ? {} : { place: { destination: location } }),
  })
}

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EPIPE',
  'ETIMEDOUT',
  'ECONNABORTED',
])

/** The code of a failed socket or name look-up, also one level down; undefined for other errors. */
export function networkCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  if (typeof code === 'string' && (NETWORK_CODES.has(code) || /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code))) return code
  return cause === undefined ? undefined : networkCode(cause)
}
