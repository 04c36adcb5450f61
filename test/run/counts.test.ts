import { describe, expect, it } from 'vitest'
import { countResults } from './cargo.mjs'
import { judge } from './counts.mjs'

describe('the last line of npm test', () => {
  it('takes a runner that ended well at its word', () => {
    expect(judge('vitest', { passed: 3, failed: 0 }, 0)).toEqual({ passed: 3, failed: 0 })
    expect(judge('vitest', { passed: 3, failed: 2 }, 1)).toEqual({ passed: 3, failed: 2 })
  })

  it('counts a runner that crashed, was killed or ran nothing as a failure', () => {
    expect(judge('vitest', { passed: 3, failed: 0 }, 1)).toEqual({ passed: 3, failed: 1 })
    expect(judge('vitest', { passed: 3, failed: 0 }, null)).toEqual({ passed: 3, failed: 1 })
    expect(judge('vitest', { passed: 0, failed: 0 }, 0)).toEqual({ passed: 0, failed: 1 })
  })

  it("adds up cargo's test programs", () => {
    expect(countResults(`${resultLine(17, 0)}\n\nrunning 3 tests\n${resultLine(2, 1)}\n`)).toEqual({ passed: 19, failed: 1 })
  })
})

function resultLine(passed: number, failed: number): string {
  return `test result: ok. ${passed} passed; ${failed} failed; 0 ignored; 0 measured; 0 filtered out`
}
