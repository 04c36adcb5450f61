import { type Bundle, loadBundle } from '@vartrack/bundle'
import { createCue } from '@vartrack/cuelang-wasm'
import { describeError, problemsOf, toVarTrackError } from '@vartrack/errors'
import { sinks } from '@vartrack/sinks'
import type { Base } from './base.js'
import { type BundleHolder, openBundle } from './bundle-holder.js'

/** Loads the bundle of CONFIG_PATH and keeps it in step with the file. @throws VarTrackError `bundle.*` with every problem */
export async function holdBundle(base: Base, listeners: readonly ((bundle: Bundle) => void)[]): Promise<BundleHolder> {
  const { config, log } = base
  const holder = await openBundle({
    path: config.configPath,
    load: (source, file) => load(base, source, file),
    onReload: (bundle) => {
      log.info({ bundle: bundle.digest }, 'the bundle changed and is in force')
      for (const listener of listeners) listener(bundle)
    },
    onMended: () => log.info({ bundle: holder.current().digest }, 'the bundle loads again, and is the one in force'),
    onRefused: (thrown) => {
      const error = toVarTrackError(thrown)
      const problems = problemsOf(error)
      log.error({ code: error.code, problems: problems.length }, `the bundle changed but does not load; the one before stays: ${error.message}`)
      for (const problem of problems) log.error({ code: problem.code, bundle: config.configPath }, describeError(problem))
    },
  })
  base.onClose('the watch on the bundle', async () => holder.close())
  base.onHangup(async () => void (await holder.reload()))
  return holder
}

/** CUE is opened for one reading: a bundle changes rarely, and its module takes tens of megabytes. */
async function load(base: Base, source: Buffer, file: string): Promise<Bundle> {
  await using cue = createCue()
  const { pollIntervalMs } = base.config
  const bundle = await loadBundle(source, file, { cue, sinks, ...(pollIntervalMs === undefined ? {} : { pollIntervalMs }) })
  for (const notice of bundle.notices) base.log.info({ file }, notice)
  return bundle
}
