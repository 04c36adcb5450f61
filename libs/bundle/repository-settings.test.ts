import { describeError, problemsOf, VarTrackError } from '@vartrack/errors'
import { describe, expect, it } from 'vitest'
import { parseRepositorySettings } from './repository-settings.js'
import { DEFAULT_OVERRIDABLE } from './rule-settings.js'

function refusal(content: string | Buffer): VarTrackError {
  try {
    parseRepositorySettings(content, DEFAULT_OVERRIDABLE)
  } catch (error) {
    if (error instanceof VarTrackError) return error
    throw error
  }
  throw new Error('the settings were accepted')
}

describe('a vartrack.json', () => {
  it('sets what it may', () => {
    const text =
      '{"branch_map": {"main": "production"}, "prune": {"enabled": true}, "prune_last": true, "sync_mode": "SYNC_MODE_AUTO", "root_key": ""}'
    expect(parseRepositorySettings(text, DEFAULT_OVERRIDABLE)).toEqual({
      settings: { branchMap: { main: 'production' }, prune: { enabled: true, last: true }, syncMode: 'AUTO', rootKey: '' },
      ignored: [],
      notices: [],
    })
  })

  it('has its other keys ignored and named, whatever they hold', () => {
    const text = '{"datasource": "redis", "destination_template": 5, "self_heal": true, "environments": ["x"], "dry_run": true}'
    expect(parseRepositorySettings(text, DEFAULT_OVERRIDABLE)).toMatchObject({
      settings: { dryRun: true },
      ignored: ['datasource', 'destination_template', 'self_heal', 'environments'],
    })
  })

  it('may set only what the rule lists, if it lists anything', () => {
    const text = '{"branch_map": {}, "environments": ["a"]}'
    expect(parseRepositorySettings(text, ['environments'])).toMatchObject({ settings: { environments: ['a'] }, ignored: ['branch_map'] })
    expect(parseRepositorySettings(text, [])).toMatchObject({ settings: {}, ignored: ['branch_map', 'environments'] })
  })

  it('is refused where its bytes are no UTF-8, and read behind a byte order mark', () => {
    expect(refusal(Buffer.from('{"dry_run": true,\n "file_name": "\xe9.yaml"}', 'latin1'))).toMatchObject({
      code: 'repository_settings.syntax',
      message: 'vartrack.json is not UTF-8.',
      place: { line: 2, column: 16 },
    })
    expect(parseRepositorySettings(Buffer.from('\ufeff{"dry_run": true}'), DEFAULT_OVERRIDABLE)).toMatchObject({ settings: { dryRun: true } })
  })

  it('may have its path map in both directions', () => {
    expect(parseRepositorySettings('{"file_path_map": {"production": "configs/prod/**"}}', DEFAULT_OVERRIDABLE)).toMatchObject({
      settings: { filePathMap: { 'configs/prod/**': 'production' } },
      notices: [expect.stringContaining('environment to path')],
    })
  })

  it.each(['branch_map', 'file_path_map', 'variables_map'])('takes names of what every object has for plain names in %s', (map) => {
    const names = ['constructor', 'toString', 'hasOwnProperty', 'valueOf']
    const written = Object.fromEntries(names.map((name) => [name, 'production']))
    const { settings } = parseRepositorySettings(JSON.stringify({ [map]: written }), DEFAULT_OVERRIDABLE)
    expect(Object.values(settings)).toEqual([written])
  })

  it.each([
    ['{"__proto__": {"dry_run": true}}', 1, 2],
    ['{"branch_map": {"main": "production",\n "__proto__": "staging"}}', 2, 2],
    ['{"file_path_map": {"__proto__": "staging"}}', 1, 20],
    ['{"variables_map": {"__pr\\u006fto__": "x"}}', 1, 20],
    ['{"notes": [{"deep": {"__proto__": 1}}]}', 1, 22],
  ])('loses nothing silently: __proto__ is refused where it stands in %s', (text, line, column) => {
    expect(refusal(text)).toMatchObject({ code: 'repository_settings.syntax', place: { file: 'vartrack.json', line, column } })
  })

  it.each([
    ['{"branch_map": {"main": "production", "main": "staging"}}', 1, 39],
    ['{"dry_run": true,\n "dry_run": false}', 2, 2],
  ])('loses nothing silently: a name given twice is refused where it stands again in %s', (text, line, column) => {
    expect(refusal(text)).toMatchObject({ code: 'repository_settings.syntax', place: { file: 'vartrack.json', line, column } })
  })

  it.each([
    ['a comma too many', '{\n  "dry_run": true,\n}', 3, 1],
    ['a comment', '{\n  // yes\n  "dry_run": true}', 2, 3],
    ['cut short', '{"dry_run": ', 1, 13],
    ['empty', '', 1, 1],
    ['a list', '[]', 1, 1],
    ['hostile in its depth', '['.repeat(100_000), 1, 1],
  ])('that is %s fails with its position', (_what, text, line, column) => {
    expect(refusal(text)).toMatchObject({ code: 'repository_settings.syntax', place: { file: 'vartrack.json', line, column } })
  })

  it('names every wrong value at its place', () => {
    const error = refusal('{\n  "sync_mode": "FAST",\n  "prune": {"scop": "all"},\n  "file_name": "a["\n}')
    expect(error.code).toBe('repository_settings.invalid')
    expect(problemsOf(error).map(describeError)).toEqual([
      expect.stringMatching(/^vartrack\.json:2:16: sync_mode must be /),
      expect.stringMatching(/^vartrack\.json:3:21: prune\.scop .* Did you mean "scope"\?/),
      expect.stringMatching(/^vartrack\.json:4:16: file_name is no usable glob/),
    ])
  })
})
