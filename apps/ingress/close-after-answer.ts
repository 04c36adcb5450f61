import type { Context } from 'koa'

/** How long what is left of a refused body is still read and thrown away, in ms. */
const LINGER_MS = 1_000

/**
 * Ends the connection after the answer, because what is left of an unread body is not worth waiting for. Closing at once would reset it while the client still
 * sends, and the reset could overtake the answer: so our side is closed first, and the client's after it has had time to read.
 */
export function closeAfterAnswer(context: Context): void {
  const { socket } = context.req
  context.set('connection', 'close')
  socket.destroySoon = () => {
    socket.end()
    setTimeout(() => socket.destroy(), LINGER_MS).unref()
  }
}
