import { describe, expect, it } from 'vitest'
import { VarTrackError, withPlace, withRemedy } from './index.js'

describe('an error whose place becomes known', () => {
  const error = new VarTrackError({
    code: 'schema.violation',
    message: 'port is no number.',
    remedy: 'Make it one.',
    place: { file: 'app.yaml', key: 'port' },
    details: { expected: 'int', got: 'string' },
    disposition: { kind: 'wait', afterMs: 5 },
    status: 429,
    cause: new Error('far side'),
    others: [new VarTrackError({ code: 'other.one', message: 'One more.' })],
  })

  it('has it, and says everything else as before', () => {
    const placed = withPlace(error, { datasource: 'cache', line: 3 })
    expect(placed.place).toEqual({ file: 'app.yaml', key: 'port', datasource: 'cache', line: 3 })
    expect(besidePlace(placed)).toEqual(besidePlace(error))
  })

  it('has the place that was found last', () => {
    expect(withPlace(error, { file: 'other.yaml' }).place).toEqual({ file: 'other.yaml', key: 'port' })
  })
})

describe('an error of which it becomes known what to do', () => {
  it('says so, and so do those that it gathers; a remedy of its own stays', () => {
    const own = new VarTrackError({ code: 'cue.mark', message: 'A mark.', remedy: 'Spell it right.' })
    const gathered = new VarTrackError({
      code: 'cue.syntax',
      message: 'Two.',
      place: { line: 2 },
      others: [own, new VarTrackError({ code: 'a', message: 'b' })],
    })
    const told = withRemedy(gathered, 'Correct the schema.')
    expect([told, ...told.others].map(({ remedy }) => remedy)).toEqual(['Correct the schema.', 'Spell it right.', 'Correct the schema.'])
    expect(told.place).toEqual({ line: 2 })
    expect(withRemedy('no error', 'x')).toBe('no error')
  })
})

function besidePlace(error: VarTrackError): unknown {
  return [error.message, error.cause, ...Object.entries(error).filter(([field]) => field !== 'place')]
}
