import { describe, expect, it } from 'vitest'
import { abortable, within, withTimeout } from './deadline.js'

const never = () => new Promise<never>(() => undefined)

describe('an operation within a time', () => {
  it('gives what it gives when it is quick, and leaves no listener behind', async () => {
    const { signal } = new AbortController()
    const listeners = { added: 0, removed: 0 }
    const counted = Object.assign(signal, {
      addEventListener: () => void listeners.added++,
      removeEventListener: () => void listeners.removed++,
    })
    expect(await within(counted, 10_000, async () => 'done')).toBe('done')
    expect(listeners.removed).toBe(listeners.added)
  })

  it('is over when the store does not answer, with the time that it had, and is tried again', async () => {
    const waiting = within(new AbortController().signal, 5, never)
    await expect(waiting).rejects.toMatchObject({
      code: 'sink.timeout',
      disposition: { kind: 'retry' },
      message: 'The store did not answer within 5 ms.',
    })
  })

  it('is told that its time is over', async () => {
    let told: AbortSignal | undefined
    await within(new AbortController().signal, 5, (signal) => {
      told = signal
      return never()
    }).catch(() => undefined)
    expect(told?.aborted).toBe(true)
  })

  it('is called off with its caller, before and during', async () => {
    const controller = new AbortController()
    const waiting = within(controller.signal, 10_000, never)
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'sink.aborted' })
    let began = false
    const refused = within(controller.signal, 10_000, async () => {
      began = true
    })
    await expect(refused).rejects.toMatchObject({ code: 'sink.aborted' })
    expect(began).toBe(false)
  })

  it('fails as it fails', async () => {
    await expect(within(new AbortController().signal, 10_000, () => Promise.reject(new Error('of its own')))).rejects.toThrow('of its own')
  })

  it('that fails after it was given up is not unhandled', async () => {
    const rejected = Promise.reject(new Error('late'))
    await expect(abortable(rejected, AbortSignal.abort())).rejects.toMatchObject({ code: 'sink.aborted' })
  })
})

describe('a signal with a time', () => {
  it('fires with the one it follows, also when that had fired already', () => {
    using late = withTimeout(AbortSignal.abort('why'), 10_000)
    expect([late.aborted, late.reason]).toEqual([true, 'why'])
    const controller = new AbortController()
    using following = withTimeout(controller.signal, 10_000)
    controller.abort('why')
    expect([following.aborted, following.reason]).toEqual([true, 'why'])
  })

  it('follows nobody any more once it is let go', () => {
    const controller = new AbortController()
    const following = withTimeout(controller.signal, 10_000)
    following[Symbol.dispose]()
    controller.abort()
    expect(following.aborted).toBe(false)
  })
})
