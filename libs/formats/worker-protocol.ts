import { VarTrackError, type VarTrackErrorInput } from '@vartrack/errors'
import type { Format, ParseLimits, Position } from './contract.js'

/** What a worker thread is asked. `bytes` is transferred, not copied. */
export type WorkerRequest =
  | { readonly kind: 'parse'; readonly bytes: Uint8Array<ArrayBuffer>; readonly path: string; readonly format: Format; readonly limits: ParseLimits }
  | {
      readonly kind: 'locate'
      readonly bytes: Uint8Array<ArrayBuffer>
      readonly path: string
      readonly format: Format
      readonly json: Uint8Array<ArrayBuffer>
      readonly columns: readonly number[]
    }

/** What it answers. */
export type WorkerReply =
  | { readonly kind: 'parsed'; readonly bytes: Uint8Array<ArrayBuffer>; readonly rootKeyAnyDepth: boolean }
  | { readonly kind: 'located'; readonly positions: readonly (Position | undefined)[] }
  | { readonly kind: 'refused'; readonly error: WireError }

/** A {@link VarTrackError} as plain data: a class does not survive the way between threads. */
export type WireError = Pick<VarTrackErrorInput, 'code' | 'message' | 'place' | 'disposition' | 'status'> & { readonly remedy: string | undefined }

/** An error as it is sent. */
export function toWire(error: VarTrackError): WireError {
  const { code, message, remedy, place, disposition, status } = error
  return { code, message, remedy, place, disposition, status }
}

/** An error as it was before it was sent. */
export function fromWire(wire: WireError): VarTrackError {
  const { remedy, ...rest } = wire
  return new VarTrackError(remedy === undefined ? rest : { ...rest, remedy })
}
