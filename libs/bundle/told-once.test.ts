import { type Cue, createCue } from '@vartrack/cuelang-wasm'
import { problemsOf, VarTrackError } from '@vartrack/errors'
import { sinks } from '@vartrack/sinks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadBundle } from './load-bundle.js'

let cue: Cue
beforeAll(() => {
  cue = createCue()
})
afterAll(() => cue[Symbol.asyncDispose]())

const sharing = (shared: string, count: number): string => `_shared: {platform: "github", datasource: "redis", ${shared}}
bundle: {
  platforms: [{github: {endpoint: "https://github.com", secret: "s"}}]
  datasources: [{redis: {}}]
  rules: [${Array.from({ length: count }, (_, index) => `{_shared, file_name: "${index}", destination_template: "${index}"}`).join(', ')}]
}`

async function messagesOf(source: string): Promise<string[]> {
  const error: unknown = await loadBundle(source, 'config.cue', { cue, sinks }).catch((thrown: unknown) => thrown)
  if (error instanceof VarTrackError) return problemsOf(error).map(({ message }) => message)
  throw new Error('the bundle was accepted')
}

describe('a mistake in what several rules are made of', () => {
  it('is told once, with the names of the rules', async () => {
    expect(await messagesOf(sharing('branch_map: main: 5, sync_mod: "AUTO"', 3))).toEqual([
      'rules[0].branch_map.main must be a string, and is a number. The same in rules[1].branch_map.main and rules[2].branch_map.main.',
      'rules[0].sync_mod is no field that varTrack knows. The same in rules[1].sync_mod and rules[2].sync_mod.',
    ])
    expect(await messagesOf(sharing('dry_run: 1', 2))).toEqual(['rules[0].dry_run must be a boolean, and is a number. The same in rules[1].dry_run.'])
  })

  it('is told once where CUE finds it', async () => {
    expect(await messagesOf(sharing('branch_map: main: "x" & "y"', 3))).toEqual([
      'rules[0].branch_map.main: conflicting values "y" and "x". The same in rules[1].branch_map.main and rules[2].branch_map.main.',
    ])
  })

  it('has three of many rules named, and the others counted', async () => {
    expect(await messagesOf(sharing('dry_run: 1', 9))).toEqual([
      'rules[0].dry_run must be a boolean, and is a number. The same in rules[1].dry_run, rules[2].dry_run, rules[3].dry_run and 5 more.',
    ])
  })

  it('is no other mistake at the same place: two fields that are missing are two', async () => {
    const messages = await messagesOf('bundle: rules: [{_a}, {_a}]\n_a: {}')
    expect(messages.map((message) => message.replace(/ is missing.*/, ''))).toEqual(
      expect.arrayContaining(['rules[0].platform', 'rules[0].datasource', 'rules[0].file_name']),
    )
  })
})
