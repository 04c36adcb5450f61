import { createHash } from 'node:crypto'
import { connect, createServer } from 'node:net'

/**
 * Runs work while nobody else on this machine runs work of that name. The lock is an abstract socket: the kernel takes it back when its holder ends, however that
 * goes. A file would outlive a holder that was killed, and the process id in it may by then be another's.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @param {() => void} [onWait] told once when somebody else is at it
 * @returns {Promise<T>}
 */
export async function exclusively(name, work, onWait = () => undefined) {
  const address = addressOf(name)
  let unlock = await tryLock(address)
  if (!unlock) onWait()
  while (!unlock) {
    await released(address)
    unlock = await tryLock(address)
  }
  try {
    return await work()
  } finally {
    await unlock()
  }
}

/** Such an address has at most 107 bytes. @param {string} name */
function addressOf(name) {
  return `\0vartrack-${createHash('sha256').update(name).digest('hex')}`
}

/**
 * @param {string} address
 * @returns {Promise<(() => Promise<void>) | undefined>} what gives the lock back; `undefined` when somebody has it
 */
function tryLock(address) {
  /** @type {Set<import('node:net').Socket>} */
  const waiting = new Set()
  const server = createServer((socket) => {
    waiting.add(socket)
    socket.on('error', () => undefined).once('close', () => waiting.delete(socket))
  })
  const unlock = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of waiting) socket.destroy()
    await closed
  }
  return new Promise((resolve, reject) => {
    server.once('error', (error) => (/** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE' ? resolve(undefined) : reject(error)))
    server.listen(address, () => resolve(unlock))
  })
}

/**
 * A connection to the holder ends with the holder.
 * @param {string} address
 * @returns {Promise<void>}
 */
function released(address) {
  return new Promise((resolve) => {
    connect(address)
      .on('error', () => undefined)
      .once('close', () => resolve())
      .resume()
  })
}
