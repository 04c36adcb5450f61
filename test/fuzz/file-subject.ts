import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadCore } from '@vartrack/core'
import { VarTrackError } from '@vartrack/errors'
import { type Format, parseFile } from '@vartrack/formats'
import { repositoryRoot } from '../support/repository-root.js'
import type { Subject } from './subject.js'

const core = loadCore()
export const LIMITS = { maxFileBytes: 1_000_000, maxDepth: 64, maxKeys: 10_000 }

export interface FileSubject {
  readonly format: Format
  /** Ending of the vectors' files that are seeds. */
  readonly endings: readonly string[]
  readonly seeds: readonly string[]
  readonly words: readonly string[]
}

/** The reader of a format, and the core on what it gives. */
export function fileSubject({ format, endings, seeds, words }: FileSubject): Subject {
  const file = `fuzz.${format}`
  return {
    seeds: [...vectorContents(endings), ...seeds].map((text) => Buffer.from(text)),
    words,
    run: (input) =>
      outcomeOf(input, async () => {
        const parsed = await parseFile(input, file, { format, limits: LIMITS })
        const { coreFormat, derived, rootKeyAnyDepth } = parsed
        if (derived) JSON.parse(parsed.bytes.toString())
        const options = { file, environment: 'production', names: ['production', 'staging'], rootKey: undefined, rootKeyOptional: false }
        const given = { ...options, rootKeyAnyDepth, derived, variables: {}, arrays: 'index', limits: LIMITS } as const
        const { entries } = await core.compile(parsed.bytes, coreFormat, given)
        return `${Math.min(entries, 20)} entries`
      }),
  }
}

/**
 * The kind of an outcome: an answer, or the code of a refusal with the pattern of its message.
 * @throws Error for what is no refusal, and for a refusal at a place that the input does not have
 */
export async function outcomeOf(input: Buffer, work: () => Promise<string>): Promise<string> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof VarTrackError) || error.disposition.kind !== 'stall') throw error
    const { line = 1, column = 1 } = error.place
    if (line < 1 || column < 1 || line > linesOf(input)) throw new Error(`${error.code} at ${line}:${column}, outside the file`, { cause: error })
    return `${error.code} ${error.message.replaceAll(/"[^"]*"|`[^`]*`|\d+/g, '').slice(0, 60)}`
  }
}

function linesOf(input: Buffer): number {
  const breaks = input.toString('latin1').match(/\r|\n/g)?.length ?? 0
  return breaks + 1
}

function vectorContents(endings: readonly string[]): string[] {
  const vectors = readFileSync(join(repositoryRoot(), 'test/fixtures/vectors/compile.json'), 'utf8')
  const cases = JSON.parse(vectors) as { file: string; content: string }[]
  return cases.filter(({ file }) => endings.some((ending) => file.endsWith(ending))).map(({ content }) => content)
}
