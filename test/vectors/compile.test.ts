import { type CompileOptions, loadCore } from '@vartrack/core'
import { toVarTrackError, type VarTrackError } from '@vartrack/errors'
import { parseFile } from '@vartrack/formats'
import { records } from '@vartrack/sink-kit'
import { describe, expect, it } from 'vitest'
import { type CompileCase, compileCases } from './compile-cases.js'

const limits = { maxFileBytes: 10 * 1024 * 1024, maxDepth: 64, maxKeys: 100_000 }
const core = loadCore()

describe('what a file becomes', () => {
  it.each(compileCases.filter((one) => one.expect !== undefined).map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    expect(await entriesOf(one)).toEqual(one.expect)
  })
})

describe('what is refused of a file', () => {
  it.each(compileCases.filter((one) => one.error !== undefined).map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const error = await refusalOf(one)
    expect(error.code).toBe(one.error?.code)
    expect(error.place.file).toBe(one.file)
    expect(error.remedy).toBeTruthy()
    expect(error.place.line).toBe(one.error?.line ?? error.place.line)
    for (const name of one.error?.names ?? []) expect(error.message).toContain(name)
  })
})

async function entriesOf(one: CompileCase): Promise<Record<string, [string, string]>> {
  const parsed = await parseFile(Buffer.from(one.content), one.file, { limits })
  const { frame } = await core.compile(parsed.bytes, parsed.coreFormat, optionsOf(one, parsed))
  return Object.fromEntries([...records(frame)].map((entry) => [entry.key.toString(), [entry.type, entry.value.toString()]]))
}

async function refusalOf(one: CompileCase): Promise<VarTrackError> {
  return entriesOf(one).then(
    (entries) => {
      throw new Error(`nothing was refused: ${JSON.stringify(entries)}`)
    },
    (error: unknown) => toVarTrackError(error),
  )
}

function optionsOf(one: CompileCase, parsed: { derived: boolean; rootKeyAnyDepth: boolean }): CompileOptions {
  const rule = one.rule ?? {}
  const listed = (rule.environments ?? []) as string[]
  const mapped = [rule.branch_map, rule.file_path_map].flatMap((map) => Object.values((map ?? {}) as Record<string, string>))
  const variables = Object.entries((rule.variables_map ?? {}) as Record<string, string>)
  return {
    file: one.file,
    environment: one.env,
    names: listed.length > 0 ? listed : mapped,
    rootKey: rule.root_key as string | undefined,
    rootKeyOptional: rule.root_key_optional === true,
    rootKeyAnyDepth: parsed.rootKeyAnyDepth,
    variables: Object.fromEntries(variables.map(([key, value]) => [key, value.replaceAll('{env}', one.env)])),
    arrays: rule.arrays === 'json' ? 'json' : 'index',
    limits,
    derived: parsed.derived,
  }
}
