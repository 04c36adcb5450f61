// Builds the addon into this folder. Compiled crates lie in CARGO_TARGET_DIR, which set-up puts outside the tree; when no source changed since the last build, nothing is done.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const here = import.meta.dirname
const stamp = join(here, `.built-${process.platform}-${process.arch}.node`)

const wanted = sourcesHash()
if (lastBuilt() !== wanted) {
  build()
  // What the build generated is part of the hash: take it again.
  writeFileSync(stamp, sourcesHash())
}

/** Hash of everything the addon is made from, and of what is generated and committed. */
function sourcesHash() {
  const hash = createHash('sha256')
  for (const file of sources())
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(here, file)))
      .update('\0')
  return hash.digest('hex')
}

function sources() {
  const crates = readdirSync(join(here, 'crates'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(rs|toml)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(here.length + 1))
    .filter((file) => !/^crates\/[^/]+\/(tests|examples)\//.test(file))
  const own = ['Cargo.toml', 'Cargo.lock', 'package.json', 'build.mjs', 'index.js', 'index.d.ts'].filter((file) => existsSync(join(here, file)))
  return [...own, ...crates].toSorted((one, other) => (one < other ? -1 : 1))
}

function lastBuilt() {
  const addon = readdirSync(here).some((file) => /^vartrack-core\..*\.node$/.test(file))
  return addon && existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined
}

function build() {
  const cli = join(dirname(createRequire(import.meta.url).resolve('@napi-rs/cli/package.json')), 'dist', 'cli.js')
  const options = ['--platform', '--release', '--esm', '--manifest-path', 'crates/binding/Cargo.toml', '--output-dir', '.']
  execFileSync(process.execPath, [cli, 'build', ...options], { cwd: here, stdio: 'inherit' })
}
