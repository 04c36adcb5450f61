import { VarTrackError } from '@vartrack/errors'
import type { Headers } from './contract.js'

/**
 * The id that tells a repeated delivery from a new one.
 * @throws VarTrackError `webhook.delivery_id` status 400 when it is missing or no plain word
 */
export function readDeliveryId(headers: Headers, header: string): string {
  const id = headers[header] ?? ''
  if (/^[\w.:-]{1,128}$/.test(id)) return id
  throw new VarTrackError({
    code: 'webhook.delivery_id',
    message: `The delivery carries no usable ${header} header.`,
    remedy: 'Send one unique id per delivery, as the Git host does.',
    status: 400,
  })
}
