import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repositoryRoot } from '../support/repository-root.js'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'
import { type CompileCase, compileCases } from './compile-cases.js'

const VT = join(repositoryRoot(), 'apps/cli/bin.mjs')
const LONGEST_MS = 20_000
const HEX: unknown = expect.stringMatching(/^[0-9a-f]{64}$/)
const SOME_LIST: unknown = expect.any(Array)
const A_NUMBER: unknown = expect.any(Number)
let folder: TemporaryDirectory

beforeAll(async () => {
  folder = await temporaryDirectory('vt')
  await Promise.all(compileCases.map((one, index) => put(pathOf(one, index), one.content)))
})
afterAll(() => folder[Symbol.asyncDispose]())

type Group = { readonly env: string; readonly rule: CompileCase['rule']; readonly members: { readonly one: CompileCase; readonly path: string }[] }

/** The compileCases of one environment and rule, which one call can take. */
const groups = [
  ...compileCases
    .reduce((known, one, index) => {
      const { env, rule } = one
      const key = `--env ${env} --rule ${JSON.stringify(rule)}`
      const group: Group = known.get(key) ?? { env, rule, members: [] }
      group.members.push({ one, path: pathOf(one, index) })
      return known.set(key, group)
    }, new Map<string, Group>())
    .entries(),
]

describe('vt compile --json, several files in one call', () => {
  it.each(groups)('%s', async (_key, { env, rule, members }) => {
    const { code, lines } = await compile(
      members.map(({ path }) => path),
      env,
      rule,
    )
    expect(lines).toEqual(members.map(({ one, path }) => answerOf(one, path)))
    expect(code).toBe(members.some(({ one }) => one.error) ? 1 : 0)
  })
})

/** What the line of a case has to equal. */
function answerOf({ expect: entries, error }: CompileCase, path: string): unknown {
  if (entries !== undefined) return { entries, digest: HEX, diagnostics: SOME_LIST }
  const said = (error?.names ?? []).reduce((pattern, name) => `${pattern}(?=[^]*${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')})`, '^')
  return {
    error: expect.objectContaining({
      code: error?.code,
      file: path,
      line: error?.line ?? A_NUMBER,
      column: A_NUMBER,
      message: expect.stringMatching(said),
    }),
  }
}

async function compile(paths: readonly string[], env: string, rule: CompileCase['rule']): Promise<{ code: number; lines: unknown[] }> {
  if (rule) await put('rule.json', JSON.stringify(rule))
  const args = [VT, 'compile', ...paths, '--env', env, ...(rule ? ['--rule', 'rule.json'] : []), '--json']
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder.path, timeout: LONGEST_MS }, (error, stdout, stderr) => {
      if (error?.killed || stderr !== '') return reject(error ?? new Error(stderr))
      const lines = stdout.trimEnd().split('\n')
      resolve({ code: error === null ? 0 : Number(error.code), lines: lines.map((line) => JSON.parse(line) as unknown) })
    })
  })
}

/** Many compileCases have the same name of a file. */
function pathOf(one: CompileCase, index: number): string {
  return `${index}/${one.file}`
}

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder.path, path)), { recursive: true })
  await writeFile(join(folder.path, path), content)
}
