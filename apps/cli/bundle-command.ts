import { loadBundle } from '@vartrack/bundle'
import { createCue } from '@vartrack/cuelang-wasm'
import { sinks } from '@vartrack/sinks'
import { errorJson } from './error-json.js'
import type { Source } from './excerpt.js'
import { printError } from './print-error.js'
import { readInput } from './read-input.js'
import { type Terminal, visible } from './terminal.js'

/** Most bytes of a bundle; CUE takes no more. */
const MAX_BYTES = 4 * 1024 * 1024

/**
 * Checks a bundle without using it: no secret is resolved, no store is asked.
 * @returns the exit code: 1 when it has problems
 */
export async function validateBundleCommand(file: string, flags: { readonly json?: boolean }, terminal: Terminal): Promise<number> {
  const sources = new Map<string, Source>()
  try {
    const source = await readInput(file, 'bundle', MAX_BYTES)
    sources.set(file, { bytes: source, secrets: 'texts' })
    await using cue = createCue()
    const { notices, rules, datasources, digest } = await loadBundle(source, file, { cue, sinks })
    if (flags.json) terminal.out(`${JSON.stringify({ valid: true, rules: rules.length, datasources: datasources.length, digest, notices })}\n`)
    else
      terminal.out(
        `${[...notices.map(visible), `${visible(file)} is valid: ${counted(rules, 'rule')}, ${counted(datasources, 'datasource')}.`].join('\n')}\n`,
      )
    return 0
  } catch (error) {
    if (flags.json) terminal.out(`${errorJson(error, file)}\n`)
    else printError(error, sources, terminal)
    return 1
  }
}

function counted(things: readonly unknown[], name: string): string {
  return `${things.length} ${name}${things.length === 1 ? '' : 's'}`
}
