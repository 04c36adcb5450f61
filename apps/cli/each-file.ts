import type { Source } from './excerpt.js'
import { type Passed, printWarnings } from './print-warnings.js'
import type { Terminal } from './terminal.js'
import type { FileFlags } from './vt.js'
import { type Made, openWorkshop } from './workshop.js'

/** How a command tells of a file that was made. */
export type Show = (file: string, made: Made) => Promise<void>

/**
 * Works files one after the other and shows each as soon as it is known; a file that is refused does not stop the next one.
 * @returns the exit code: 1 if any file was refused
 */
export async function eachFile(files: readonly string[], flags: FileFlags, terminal: Terminal, show: Show): Promise<number> {
  const sources = new Map<string, Source>()
  const refuse = async (error: unknown, file: string) => {
    if (flags.json) terminal.out(`${(await import('./error-json.js')).errorJson(error, file)}\n`)
    else (await import('./print-error.js')).printError(error, sources, terminal)
  }
  const warn = (file: string, passed: Passed) => (flags.json ? undefined : printWarnings(file, passed, flags, terminal))
  await using workshop = await openWorkshop(flags, sources, warn).catch(async (error: unknown) => {
    // Without its rule or schema no file can be worked: each has this error for its line.
    for (const file of flags.json ? files : files.slice(0, 1)) await refuse(error, file)
    return undefined
  })
  if (workshop === undefined) return 1
  let code = 0
  for (const file of files) {
    try {
      await show(file, await workshop.make(file))
    } catch (error) {
      code = 1
      await refuse(error, file)
    }
  }
  return code
}
