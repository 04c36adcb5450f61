import { VarTrackError } from '@vartrack/errors'
import { describe, expect, it } from 'vitest'
import { parseRuleFile } from './rule-file.js'

describe('a rule in a file of its own', () => {
  it('is refused where its bytes are no UTF-8, though it holds the character that would stand for them', () => {
    const bytes = Buffer.concat([Buffer.from('{"root_key": "\ufffd\u00e9\ufffd\ufffd"\n, "name": "\ufffd'), Buffer.from([0xff]), Buffer.from('"}')])
    expect(refusalOf(() => parseRuleFile(bytes, 'rule.json'))).toMatchObject({
      code: 'rule.syntax',
      place: { file: 'rule.json', line: 2, column: 13 },
    })
  })

  it('has the fields and the defaults of a rule in the bundle', () => {
    const rule = parseRuleFile('{"root_key": "", "branch_map": {"main": "production"}, "arrays": "json", "variables_map": {"a": 1}}', 'rule.json')
    expect(rule).toMatchObject({ rootKey: '', branchMap: { main: 'production' }, arrays: 'json', variablesMap: { a: '1' }, syncMode: 'AUTO' })
  })

  it.each([
    ['{"branch_mapp": {}}', 1, 2],
    ['{"prune": {"enabled": true,\n  "scoop":\n "all"}}', 2, 3],
    ['{"repository_overrides": {"a/b": {"x":1}}}', 1, 35],
  ])('has an unknown field told where its name stands: %s', (text, line, column) => {
    expect(refusalOf(() => parseRuleFile(text, 'rule.json')).others).toMatchObject([{ code: 'bundle.unknown_field', place: { line, column } }])
  })

  it('has a wrong value told where the value stands, and problems counted', () => {
    const one = refusalOf(() => parseRuleFile('{"arrays": "x"}', 'rule.json'))
    expect(one).toMatchObject({ message: 'rule.json has a problem.', remedy: 'Mend it; nothing was loaded.', place: { line: 1, column: 12 } })
    const two = refusalOf(() => parseRuleFile('{"arrays": "x", "y": 1}', 'rule.json'))
    expect(two).toMatchObject({ message: 'rule.json has 2 problems.', remedy: 'Mend each of them; nothing was loaded.' })
  })

  it.each([
    ['{"root_kye": "x"}', 'rule.invalid', 1, 'root_kye is no field that varTrack knows. Did you mean "root_key"?'],
    ['{\n"environments": "production"}', 'rule.invalid', 2, 'list'],
    ['{"a": }', 'rule.syntax', 1, 'no JSON'],
    ['[]', 'rule.syntax', 1, 'JSON object'],
    [`{"a":\n${'['.repeat(500)}${']'.repeat(500)}}`, 'rule.syntax', 2, 'nested too deep'],
    [`{"a":\n${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'rule.syntax', 1, 'nested too deep'],
  ])('is refused with its place: %.40s', (text, code, line, words) => {
    const error = refusalOf(() => parseRuleFile(text, 'rule.json'))
    expect(error).toMatchObject({ code, place: { file: 'rule.json', line } })
    const said = [error, ...error.others].map((one) => `${one.message} ${one.remedy}`).join('\n')
    expect(said).toContain(words)
  })
})

function refusalOf(call: () => unknown): VarTrackError {
  try {
    call()
  } catch (error) {
    if (error instanceof VarTrackError) return error
    throw error
  }
  throw new Error('nothing was refused')
}
