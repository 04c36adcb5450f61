import { describe, expect, it } from 'vitest'
import { VarTrackError } from './vartrack-error.js'

describe('an error about a name of megabytes', () => {
  const name = '\u{1f600}'.repeat(1_000_000)
  const error = new VarTrackError({
    code: 'format.duplicate_key',
    message: `The key ${name} was already given in line 3.`,
    place: { line: 9, key: name },
  })

  it('says how it begins and how it ends', () => {
    expect(error.message).toBe('The key … was already given in line 3.')
  })

  it('is small where it is stored and answered', () => {
    expect(JSON.stringify(error).length).toBeLessThan(10_000)
    expect(error.toJSON()).toMatchObject({ code: 'format.duplicate_key', line: 9 })
    expect(error.place.key).toBe(name)
  })
})
