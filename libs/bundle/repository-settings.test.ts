import { VarTrackError } from '@vartrack/errors'
import { describe, expect, it } from 'vitest'
import { formatProblems } from './problems.js'
import { parseRepositorySettings } from './repository-settings.js'
import { DEFAULT_OVERRIDABLE } from './rule-settings.js'

function refusal(text: string): VarTrackError {
  try {
    parseRepositorySettings(text, DEFAULT_OVERRIDABLE)
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

  it('may have its path map in both directions', () => {
    expect(parseRepositorySettings('{"file_path_map": {"production": "configs/prod/**"}}', DEFAULT_OVERRIDABLE)).toMatchObject({
      settings: { filePathMap: { 'configs/prod/**': 'production' } },
      notices: [expect.stringContaining('environment to path')],
    })
  })

  it('cannot reach into prototypes', () => {
    const { settings } = parseRepositorySettings('{"__proto__": {"dryRun": true}, "variables_map": {"__proto__": "x"}}', DEFAULT_OVERRIDABLE)
    expect(settings.dryRun).toBeUndefined()
    expect(Object.keys(settings)).toEqual(['variablesMap'])
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
    expect(formatProblems(error).split('\n')).toEqual([
      expect.stringMatching(/^vartrack\.json:2:16: sync_mode must be /),
      expect.stringMatching(/^vartrack\.json:3:21: prune\.scop .* Did you mean "scope"\?/),
      expect.stringMatching(/^vartrack\.json:4:16: file_name is no usable glob/),
    ])
  })
})
