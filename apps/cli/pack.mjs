// Puts vt and everything it imports into packed/, so that the package installs nothing and runs on any machine of this platform.
import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { rolldown } from 'rolldown'

const here = import.meta.dirname
const packed = join(here, 'packed')
const CUE_THREAD = 'cue-thread'
const require = createRequire(import.meta.url)
const formats = folderOf('@vartrack/formats')
const cue = folderOf('@vartrack/cuelang-wasm')
const core = folderOf('@vartrack/rust-core')

execFileSync(join(here, '..', '..', 'node_modules', '.bin', 'tsc'), ['-b', here], { stdio: 'inherit' })
rmSync(packed, { recursive: true, force: true })
const bundle = await rolldown({
  // Threads start from files of their own.
  input: { main: join(here, 'dist', 'main.js'), worker: join(formats, 'dist', 'worker.js'), [CUE_THREAD]: join(cue, 'dist', 'worker.mjs') },
  platform: 'node',
  // jsonc-parser's other build hides what it requires.
  resolve: { mainFields: ['module', 'main'] },
})
await bundle.write({
  dir: packed,
  format: 'esm',
  entryFileNames: ({ name }) => (name === CUE_THREAD ? 'worker.mjs' : '[name].js'),
  chunkFileNames: '[name]-[hash].js',
  minify: false,
})
cpSync(join(cue, 'cue.wasm.br'), join(packed, 'cue.wasm.br'))
const addons = readdirSync(core).filter((name) => /^vartrack-core\..*\.node$/.test(name))
if (addons.length === 0) throw new Error('The Rust core is not built: run `npm run setup` first.')
for (const addon of addons) cpSync(join(core, addon), join(packed, addon))

/**
 * Folder of a package of this repository.
 * @param {string} name
 */
function folderOf(name) {
  const entry = require.resolve(name)
  return entry.endsWith(join('dist', 'index.js')) ? dirname(dirname(entry)) : dirname(entry)
}
