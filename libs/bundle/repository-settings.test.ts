import { describeError, problemsOf, VarTrackError } from '@vartrack/errors'
import { describe, expect, it } from 'vitest'
import { openRepositorySettings, type RepositorySettings } from './repository-settings.js'
import { DEFAULT_OVERRIDABLE } from './rule-settings.js'

async function settingsOf(content: string | Buffer, overridable: readonly string[]): Promise<RepositorySettings> {
  return (await openRepositorySettings(content))(overridable)
}

async function refusal(content: string | Buffer): Promise<VarTrackError> {
  try {
    await settingsOf(content, DEFAULT_OVERRIDABLE)
  } catch (error) {
    if (error instanceof VarTrackError) return error
    throw error
  }
  throw new Error('the settings were accepted')
}

/** What so many wrong values are refused with, one a line from the second on. */
function refusalOfWrong(count: number): Promise<VarTrackError> {
  return refusal(`{"branch_map": {\n${Array.from({ length: count }, (_, index) => `"b${index}": 5`).join(',\n')}}}`)
}

/** Settings of so many bytes. */
const sized = (bytes: number) => `{"x": "${'é'.repeat((bytes - 10) / 2)}" }`

/** Settings with so many values in a list. */
const listed = (count: number) => `{"x": [${Array.from({ length: count }, () => '\n0').join()}]}`

describe('a vartrack.json', () => {
  it('sets what it may', async () => {
    const text =
      '{"branch_map": {"main": "production"}, "prune": {"enabled": true}, "prune_last": true, "sync_mode": "SYNC_MODE_AUTO", "root_key": ""}'
    expect(await settingsOf(text, DEFAULT_OVERRIDABLE)).toEqual({
      settings: { branchMap: { main: 'production' }, prune: { enabled: true, last: true }, syncMode: 'AUTO', rootKey: '' },
      ignored: [],
      notices: [],
    })
  })

  it('has an unknown field told where its name stands', async () => {
    expect((await refusal('{"prune": {"enabled": true, "scoop": "all"}}')).others).toMatchObject([
      { code: 'bundle.unknown_field', place: { file: 'vartrack.json', line: 1, column: 29 } },
    ])
  })

  it('has its other keys ignored and named, whatever they hold', async () => {
    const text = '{"datasource": "redis", "destination_template": 5, "self_heal": true, "environments": ["x"], "dry_run": true}'
    expect(await settingsOf(text, DEFAULT_OVERRIDABLE)).toMatchObject({
      settings: { dryRun: true },
      ignored: ['datasource', 'destination_template', 'self_heal', 'environments'],
    })
  })

  it('may set only what the rule lists, if it lists anything', async () => {
    const text = '{"branch_map": {}, "environments": ["a"]}'
    expect(await settingsOf(text, ['environments'])).toMatchObject({ settings: { environments: ['a'] }, ignored: ['branch_map'] })
    expect(await settingsOf(text, [])).toMatchObject({ settings: {}, ignored: ['branch_map', 'environments'] })
  })

  it('is refused where its bytes are no UTF-8, and read behind a byte order mark', async () => {
    expect(await refusal(Buffer.from('{"dry_run": true,\n "file_name": "\xe9.yaml"}', 'latin1'))).toMatchObject({
      code: 'repository_settings.syntax',
      message: 'vartrack.json is not UTF-8.',
      place: { line: 2, column: 16 },
    })
    expect(await settingsOf(Buffer.from('\ufeff{"dry_run": true}'), DEFAULT_OVERRIDABLE)).toMatchObject({ settings: { dryRun: true } })
  })

  it('may have its path map in both directions', async () => {
    expect(await settingsOf('{"file_path_map": {"production": "configs/prod/**"}}', DEFAULT_OVERRIDABLE)).toMatchObject({
      settings: { filePathMap: { 'configs/prod/**': 'production' } },
      notices: [expect.stringContaining('environment to path')],
    })
  })

  it.each(['branch_map', 'file_path_map', 'variables_map'])('takes names of what every object has for plain names in %s', async (map) => {
    const names = ['constructor', 'toString', 'hasOwnProperty', 'valueOf']
    const written = Object.fromEntries(names.map((name) => [name, 'production']))
    const { settings } = await settingsOf(JSON.stringify({ [map]: written }), DEFAULT_OVERRIDABLE)
    expect(Object.values(settings)).toEqual([written])
  })

  it.each([
    ['{"__proto__": {"dry_run": true}}', 1, 2],
    ['{"branch_map": {"main": "production",\n "__proto__": "staging"}}', 2, 2],
    ['{"file_path_map": {"__proto__": "staging"}}', 1, 20],
    ['{"variables_map": {"__pr\\u006fto__": "x"}}', 1, 20],
    ['{"notes": [{"deep": {"__proto__": 1}}]}', 1, 22],
  ])('loses nothing silently: __proto__ is refused where it stands in %s', async (text, line, column) => {
    expect(await refusal(text)).toMatchObject({ code: 'repository_settings.syntax', place: { file: 'vartrack.json', line, column } })
  })

  it.each([
    ['{"branch_map": {"main": "production", "main": "staging"}}', 1, 39],
    ['{"dry_run": true,\n "dry_run": false}', 2, 2],
  ])('loses nothing silently: a name given twice is refused where it stands again in %s', async (text, line, column) => {
    expect(await refusal(text)).toMatchObject({ code: 'repository_settings.syntax', place: { file: 'vartrack.json', line, column } })
  })

  it.each([
    ['a comma too many', '{\n  "dry_run": true,\n}', 3, 1],
    ['a comment', '{\n  // yes\n  "dry_run": true}', 2, 3],
    ['cut short', '{"dry_run": ', 1, 13],
    ['empty', '', 1, 1],
    ['a list', '[]', 1, 1],
    ['hostile in its depth', '['.repeat(60_000), 1, 1],
  ])('that is %s fails with its position', async (_what, text, line, column) => {
    expect(await refusal(text)).toMatchObject({ code: 'repository_settings.syntax', place: { file: 'vartrack.json', line, column } })
  })

  it('names every wrong value at its place', async () => {
    const error = await refusal('{\n  "sync_mode": "FAST",\n  "prune": {"scop": "all"},\n  "file_name": "a["\n}')
    expect(error.code).toBe('repository_settings.invalid')
    expect(problemsOf(error).map(describeError)).toEqual([
      expect.stringMatching(/^vartrack\.json:2:16: sync_mode must be /),
      expect.stringMatching(/^vartrack\.json:3:13: prune\.scop .* Did you mean "scope"\?/),
      expect.stringMatching(/^vartrack\.json:4:16: file_name is no usable glob/),
    ])
  })

  it('has at most 64 KiB', async () => {
    expect(await settingsOf(sized(65_536), [])).toMatchObject({ ignored: ['x'] })
    for (const content of [sized(65_538), Buffer.from(sized(65_538)), Buffer.alloc(65_537, ' ')]) {
      expect(await refusal(content)).toMatchObject({
        code: 'limit.bytes',
        place: { file: 'vartrack.json' },
        remedy: expect.stringContaining('Shorten it'),
      })
    }
  })

  it('holds at most 1,000 values', async () => {
    expect(await settingsOf(listed(999), [])).toMatchObject({ ignored: ['x'] })
    expect(await refusal(listed(1000))).toMatchObject({
      code: 'limit.keys',
      message: 'vartrack.json holds more than 1000 values.',
      place: { file: 'vartrack.json', line: 1001, column: 1 },
    })
  })

  it('lets others go on while its globs are read', async () => {
    const globs = Array.from({ length: 70 }, (_, index) => [`${'*(a'.repeat(200)}b${')'.repeat(200)}${index}`, 'production'])
    let turns = 0
    const counting = setInterval(() => (turns += 1), 1)
    const settingsFor = await openRepositorySettings(JSON.stringify({ file_path_map: Object.fromEntries(globs) }))
    clearInterval(counting)
    expect(turns).toBeGreaterThan(3)
    expect(Object.keys(settingsFor(['file_path_map']).settings.filePathMap ?? {})).toHaveLength(70)
  })

  it('has the first twenty of its wrong values told, in its order, and how many more there are', async () => {
    const { message, others } = await refusalOfWrong(600)
    expect(message).toBe('vartrack.json has 600 problems.')
    expect(others).toHaveLength(21)
    expect(others[0]).toMatchObject({ message: expect.stringContaining('branch_map.b0 '), place: { line: 2 } })
    expect(others[19]).toMatchObject({ message: expect.stringContaining('branch_map.b19 '), place: { line: 21 } })
    expect(others[20]).toMatchObject({ message: 'and 580 more problems, from here on.', place: { line: 22 }, remedy: expect.any(String) })
    expect((await refusalOfWrong(20)).others).toHaveLength(20)
    expect((await refusalOfWrong(21)).others.at(-1)?.message).toBe('and 1 more problem, from here on.')
  })

  it('has a few of its ignored names told, shortened, and how many more there are', async () => {
    const names = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`x${index}`, 1]))
    const { ignored } = await settingsOf(JSON.stringify({ ['y'.repeat(5000)]: 1, ...names }), [])
    expect(ignored).toEqual([`${'y'.repeat(100)}...`, ...Object.keys(names).slice(0, 19), 'and 881 more'])
  })

  it('is checked once for all rules that let it set the same', async () => {
    const settingsFor = await openRepositorySettings('{"dry_run": true}')
    expect(settingsFor(['dry_run'])).toBe(settingsFor(['dry_run']))
    expect(settingsFor([])).toEqual({ settings: {}, ignored: ['dry_run'], notices: [] })
  })
})
