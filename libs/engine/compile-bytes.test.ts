import { SETTING_DEFAULTS } from '@vartrack/bundle/setting-defaults'
import { loadCore } from '@vartrack/core'
import { VarTrackError } from '@vartrack/errors'
import { createParserPool } from '@vartrack/formats'
import { afterAll, describe, expect, it } from 'vitest'
import { compileBytes } from './compile-bytes.js'
import { type CompileSettings, compileOptions } from './compile-options.js'

const parser = createParserPool({ workers: 1 })
const core = loadCore()
const limits = { maxFileBytes: 1_000_000, maxDepth: 64, maxKeys: 1000 }
const rule: CompileSettings = { ...SETTING_DEFAULTS, environments: ['production', 'staging'] }

afterAll(() => parser[Symbol.asyncDispose]())

function compile(file: string, text: string, changed: Partial<CompileSettings> = {}) {
  const settings = { ...rule, ...changed }
  const options = compileOptions(settings, file, 'production', { env: 'production' }, limits)
  return compileBytes({ core, parser }, Buffer.from(text), settings, options)
}

async function placeOf(file: string, text: string, changed?: Partial<CompileSettings>): Promise<string> {
  const error = await compile(file, text, changed).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(VarTrackError)
  const { code, place } = error as VarTrackError
  return `${code} ${place.file}:${place.line}:${place.column}`
}

describe('an error about a key', () => {
  it('has the line of the key in the file, whatever its format, below root key and environment', async () => {
    const inYaml = 'vartrack:\n  production:\n    a.b: 1\n    a:\n      b: 2\n'
    expect(await placeOf('a.yaml', inYaml)).toBe('flatten.collision a.yaml:5:7')
    expect(await placeOf('a.toml', 'x = 1\n"a.b" = 1\n[a]\nb = 2\n')).toBe('flatten.collision a.toml:4:1')
    expect(await placeOf('a.json', '{"a.b": 1,\n "a": {"b": 2}}')).toBe('flatten.collision a.json:2:8')
  })

  it('has the line of the sections when there is none for the environment', async () => {
    expect(await placeOf('a.yaml', '# two\n\nstaging: {a: 1}\n')).toBe('env.missing a.yaml:3:1')
  })

  it('has the line of a root key that is no map, and none for one that is not there', async () => {
    expect(await placeOf('a.yaml', 'x: 1\napp: 2\n', { rootKey: 'app' })).toBe('root_key.not_a_map a.yaml:2:1')
    expect(await placeOf('a.yaml', 'x: 1\n', { rootKey: 'app' })).toBe('root_key.missing a.yaml:undefined:undefined')
  })

  it('has its line in a file that is read in a thread', async () => {
    const text = `${'# line\n'.repeat(1000)}a.b: 1\na: {b: 2}\n`
    expect(await placeOf('a.yaml', text)).toBe('flatten.collision a.yaml:1002:5')
  })
})

describe('compileBytes', () => {
  it('reads the format the rule names', async () => {
    expect(await compile('settings.conf', 'a = 1\n', { format: 'ini' })).toMatchObject({ entries: 1 })
  })

  it('is stopped by its signal', async () => {
    const options = compileOptions(rule, 'a.yaml', 'production', { env: 'production' }, limits)
    const stopped = compileBytes({ core, parser }, Buffer.from('a: 1'), rule, options, AbortSignal.abort(new Error('stopped')))
    await expect(stopped).rejects.toThrow('stopped')
  })
})
