import { readFileSync } from 'node:fs'

/** One case of compile.json: a file, an environment and a rule, and what comes of them. */
export interface CompileCase {
  readonly name: string
  readonly file: string
  readonly env: string
  readonly content: string
  readonly rule?: Readonly<Record<string, unknown>>
  readonly expect?: Readonly<Record<string, readonly [type: string, value: string]>>
  readonly error?: { readonly code: string; readonly line?: number; readonly names?: readonly string[] }
}

/** Every case there is. */
export const compileCases = JSON.parse(readFileSync(new URL('../fixtures/vectors/compile.json', import.meta.url), 'utf8')) as readonly CompileCase[]
