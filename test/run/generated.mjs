import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { cachedFolder, fillOnce } from '../setup/cache.mjs'
import { root } from '../setup/paths.mjs'
import { attempt, run, SetupError } from '../setup/run.mjs'

const BINDING = ['rust-core/index.js', 'rust-core/index.d.ts']

/**
 * Set-up has built the addon, and with it the binding's two files. If that changed them, what is committed is out of date. With sources changed too, the change
 * is somebody's work and belongs into the same commit.
 * @returns {Promise<string | undefined>}
 */
export async function checkGeneratedBinding() {
  const { code, output } = await attempt('git', ['status', '--porcelain', '--untracked-files=no', '--', 'rust-core'], { cwd: root })
  if (code !== 0) return output
  const changed = output.split('\n').flatMap((line) => (line === '' ? [] : [line.slice(3)]))
  const stale = changed.filter((file) => BINDING.includes(file))
  if (stale.length === 0 || stale.length < changed.length) return undefined
  return `${stale.join(' and ')} differ from what the build makes of the committed sources: commit them.`
}

/**
 * Builds the CUE module from its sources and compares it with the committed one. That takes minutes, so a result is remembered for as long as nothing changes.
 * @returns {Promise<string | undefined>}
 */
export async function checkCueModule() {
  const folder = join(root, 'libs', 'cuelang-wasm')
  const go = (await readdir(join(folder, 'go'))).map((file) => join('go', file))
  const sources = [...go, 'build.mjs', 'strip.mjs', 'arc-index.mjs', 'cue.wasm.br', 'cue.wasm.sha256'].map((file) => join(folder, file))
  try {
    await fillOnce(await cachedFolder('cue-module-checked', '1', sources), async () => {
      await run(process.execPath, ['build.mjs', '--check'], { cwd: folder })
    })
    return undefined
  } catch (error) {
    if (error instanceof SetupError) return error.message
    throw error
  }
}
