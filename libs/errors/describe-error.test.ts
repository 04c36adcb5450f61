import { describe, expect, it } from 'vitest'
import { describeError, VarTrackError } from './index.js'

describe('an error in one line', () => {
  const place = { file: 'a.yaml', line: 5, column: 7, field: 'db.port' }

  it('names a field once', () => {
    const named = new VarTrackError({ code: 'schema.violation', message: 'db.port: expected int.', place })
    expect(describeError(named)).toBe('a.yaml:5:7: db.port: expected int. [schema.violation]')
    const unnamed = new VarTrackError({ code: 'secret.unavailable', message: 'No secrets yet.', remedy: 'Wait.', place })
    expect(describeError(unnamed)).toBe('a.yaml:5:7, field db.port: No secrets yet. Wait. [secret.unavailable]')
  })
})
