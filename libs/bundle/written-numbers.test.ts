import { type Cue, createCue } from '@vartrack/cuelang-wasm'
import { sinks } from '@vartrack/sinks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Rule } from './contract.js'
import { loadBundle } from './load-bundle.js'
import { openRepositorySettings } from './repository-settings.js'
import { parseRuleFile } from './rule-file.js'

let cue: Cue
beforeAll(() => {
  cue = createCue()
})
afterAll(() => cue[Symbol.asyncDispose]())

const NUMBERS = ['9007199254740993', '18446744073709551616', '-9223372036854775809', '1.10', '1.0', '1e3', '1E+3', '1e400', '0.1000', '-1.50', '0']

const asText = Object.fromEntries(NUMBERS.map((number, index) => [`k${index}`, number]))
const asNumbers = `{${NUMBERS.map((number, index) => `"k${index}": ${number}`).join(', ')}}`

async function ruleOf(fields: string): Promise<Rule | undefined> {
  const source = `_shared: {"k": 1.10}
bundle: {
  platforms: [{github: {endpoint: "https://github.com", secret: "s"}}]
  datasources: [{redis: {}}]
  rules: [{platform: "github", datasource: "redis", file_name: "a.yaml", ${fields}}]
}`
  return (await loadBundle(source, 'config.cue', { cue, sinks })).rules[0]
}

describe('a number in variables_map arrives with the digits it is written with', () => {
  it('from the bundle', async () => {
    expect((await ruleOf(`variables_map: ${asNumbers}`))?.variablesMap).toEqual(asText)
  })

  it('from the overrides of a repository in the bundle', async () => {
    const rule = await ruleOf(`repository_overrides: {"a/b": {variables_map: ${asNumbers}}}`)
    expect(rule?.repositoryOverrides['a/b']?.variablesMap).toEqual(asText)
  })

  it('from a vartrack.json, text or bytes', async () => {
    const written = `{"variables_map": ${asNumbers.replace('}', ', "n": -0, "t": true, "s": "1.10"}')}}`
    const expected = { variablesMap: { ...asText, n: '-0', t: 'true', s: '1.10' } }
    expect((await openRepositorySettings(written))(['variables_map']).settings).toEqual(expected)
    expect((await openRepositorySettings(Buffer.from(written)))(['variables_map']).settings).toEqual(expected)
  })

  it('from the file of one rule', () => {
    const rule = parseRuleFile(`{"variables_map": ${asNumbers}, "repository_overrides": {"a/b": {"variables_map": {"n": 1.10}}}}`, 'rule.json')
    expect(rule.variablesMap).toEqual(asText)
    expect(rule.repositoryOverrides['a/b']?.variablesMap).toEqual({ n: '1.10' })
  })

  it('from another field of the bundle; what CUE computes has the digits of CUE', async () => {
    const rule = await ruleOf('variables_map: {_shared, sum: 9007199254740992 + 1, kilo: 1K}')
    expect(rule?.variablesMap).toEqual({ k: '1.10', sum: '9007199254740993', kilo: '1000' })
  })

  it('elsewhere is a number, and no text', async () => {
    const settingsFor = await openRepositorySettings('{"root_key": 5, "prune": {"max_delete": 5}}')
    expect(() => settingsFor(['root_key'])).toThrow('vartrack.json has a problem.')
    expect(settingsFor(['prune']).settings).toEqual({ prune: { maxDelete: 5 } })
  })
})
