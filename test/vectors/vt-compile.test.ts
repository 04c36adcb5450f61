import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repositoryRoot } from '../support/repository-root.js'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'

interface Case {
  readonly name: string
  readonly file: string
  readonly env: string
  readonly content: string
  readonly rule?: Readonly<Record<string, unknown>>
  readonly expect?: Readonly<Record<string, readonly [type: string, value: string]>>
  readonly error?: { readonly code: string; readonly line?: number; readonly names?: readonly string[] }
}

const VT = join(repositoryRoot(), 'apps/cli/bin.mjs')
const LONGEST_MS = 20_000
const HEX: unknown = expect.stringMatching(/^[0-9a-f]{64}$/)
const SOME_LIST: unknown = expect.any(Array)
const A_NUMBER: unknown = expect.any(Number)
const cases = JSON.parse(await readFile(new URL('../fixtures/vectors/compile.json', import.meta.url), 'utf8')) as Case[]
let folder: TemporaryDirectory

beforeAll(async () => {
  folder = await temporaryDirectory('vt')
  await Promise.all(cases.map((one, index) => put(pathOf(one, index), one.content)))
})
afterAll(() => folder[Symbol.asyncDispose]())

type Group = { readonly env: string; readonly rule: Case['rule']; readonly members: { readonly one: Case; readonly path: string }[] }

/** The cases of one environment and rule, which one call can take. */
const groups = [
  ...cases
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
function answerOf({ expect: entries, error }: Case, path: string): unknown {
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

async function compile(paths: readonly string[], env: string, rule: Case['rule']): Promise<{ code: number; lines: unknown[] }> {
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

/** Many cases have the same name of a file. */
function pathOf(one: Case, index: number): string {
  return `${index}/${one.file}`
}

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder.path, path)), { recursive: true })
  await writeFile(join(folder.path, path), content)
}
