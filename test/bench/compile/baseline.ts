import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cargoTargetDirectory } from '../../setup/paths.mjs'
import { repositoryRoot } from '../../support/repository-root.js'

/** How long a library of Rust takes to parse the bytes, in milliseconds: serde_json for JSON, hcl-edit for HCL. */
export type Baseline = (bytes: Buffer, format: 'json' | 'hcl') => number

/** The libraries live in an example of the crate, not in the addon: built here, and asked for their fastest of some runs. */
export function buildBaseline(): Baseline {
  const manifest = join(repositoryRoot(), 'rust-core', 'Cargo.toml')
  const target = cargoTargetDirectory()
  const build = ['build', '--release', '--quiet', '--manifest-path', manifest, '--target-dir', target, '-p', 'vartrack-etl', '--example', 'speed']
  execFileSync('cargo', build, { stdio: 'inherit' })
  return (bytes, format) => {
    const folder = mkdtempSync(join(tmpdir(), 'vartrack-bench-'))
    try {
      const file = join(folder, `bench.${format}`)
      writeFileSync(file, bytes)
      return Number(execFileSync(join(target, 'release', 'examples', 'speed'), ['baseline', file], { encoding: 'utf8' }))
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
}
