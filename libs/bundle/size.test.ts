import { describe, expect, it } from 'vitest'
import { parseSize } from './size.js'

describe('a size', () => {
  it.each([
    [10, 10],
    ['10', 10],
    ['10B', 10],
    ['2KB', 2000],
    ['2KiB', 2048],
    ['10MiB', 10_485_760],
    ['1GiB', 1_073_741_824],
  ])('%j is %d bytes', (written, bytes) => {
    expect(parseSize(written)).toBe(bytes)
  })

  it.each([0, -1, 1.5, 1e300, '', 'MiB', '10 MiB', '1.5MiB', '10mib'])('%j is none', (written) => {
    expect(parseSize(written)).toBeUndefined()
  })
})
