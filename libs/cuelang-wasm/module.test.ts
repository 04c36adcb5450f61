import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { capMemory } from './memory-cap.js'
import { readModule } from './module.js'

describe('the compiled module', () => {
  it('is the one whose hash is committed', async () => {
    const committed = await readFile(new URL('./cue.wasm.sha256', import.meta.url), 'utf8')
    const digest = createHash('sha256')
      .update(await readModule())
      .digest('hex')
    expect(committed).toBe(`${digest}  cue.wasm\n`)
  })

  it('has a maximum in its memory section, never below what it starts with', () => {
    expect([...capMemory(moduleWith([1, 0, 1]), 300 * PAGE)]).toEqual([...moduleWith([1, 1, 1, 0xac, 2])])
    expect([...capMemory(moduleWith([1, 1, 3, 9]), PAGE)]).toEqual([...moduleWith([1, 1, 3, 3])])
  })
})

const PAGE = 65_536

/** The smallest module around a memory section, which the export section follows. */
function moduleWith(memory: readonly number[]): Uint8Array {
  return Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 5, memory.length, ...memory, 7, 7, 1, 3, 109, 101, 109, 2, 0])
}
