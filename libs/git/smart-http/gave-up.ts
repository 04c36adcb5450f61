/** Why a fetch was left to git although nothing is wrong. */
const ELSEWHERE = ['not_applicable', 'cold', 'paused', 'unsupported', 'ref_missing', 'far', 'too_large', 'closed'] as const
/** What went wrong in process. */
const FAILURES = ['connection', 'timeout', 'status', 'protocol', 'unpack', 'incomplete', 'failed'] as const

/**
 * - `not_applicable`: another transport, a proxy, or certificates that only git knows how to use
 * - `cold`: nothing is kept of the repository yet
 * - `paused`: it failed less than a minute ago
 * - `unsupported`: the host does not speak version 2 of the protocol, or names objects otherwise than by SHA-1
 * - `ref_missing`: the host does not list the ref; git has the last word
 * - `far`: the host knows too little of what is kept to send only what is new
 * - `too_large`: more is new than is brought in process
 * - `failed`: anything unforeseen
 */
export type GaveUpReason = (typeof ELSEWHERE)[number] | (typeof FAILURES)[number]

/** Thrown to leave a fetch to git. Never leaves this folder. */
export class GaveUp extends Error {
  constructor(
    readonly reason: GaveUpReason,
    message: string = reason,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }

  /** Is it worth a look, and a pause? */
  get failure(): boolean {
    return FAILURES.some((failure) => failure === this.reason)
  }
}

/** What was thrown, as a reason to leave the fetch to git. */
export function asGaveUp(error: unknown, reason: GaveUpReason = 'failed'): GaveUp {
  if (error instanceof GaveUp) return error
  return new GaveUp(reason, error instanceof Error ? error.message : String(error), { cause: error })
}
