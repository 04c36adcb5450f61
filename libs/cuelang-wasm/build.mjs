// Builds cue.wasm.br and cue.wasm.sha256 from go/. With --check it builds too, and fails if the result differs from what is committed.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { arcIndex } from './arc-index.mjs'
import { strips } from './strip.mjs'

const here = import.meta.dirname
const compressed = join(here, 'cue.wasm.br')
const digest = join(here, 'cue.wasm.sha256')

const wasm = build()
const sha256 = createHash('sha256').update(wasm).digest('hex')
if (process.argv.includes('--check')) check()
else write()

/** Compiles a copy of go/ with its vendored, stripped and indexed packages; the same sources and the same Go give the same bytes. */
function build() {
  const work = mkdtempSync(join(tmpdir(), 'cuelang-wasm-'))
  try {
    cpSync(join(here, 'go'), work, { recursive: true })
    run(work, ['mod', 'vendor'])
    for (const change of [...strips, ...arcIndex]) apply(work, change)
    const output = join(work, 'cue.wasm')
    run(work, ['build', '-mod=vendor', '-buildmode=c-shared', '-trimpath', '-buildvcs=false', '-ldflags=-s -w -buildid=', '-o', output, '.'])
    return readFileSync(output)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function run(cwd, args) {
  const env = { ...process.env, GOOS: 'wasip1', GOARCH: 'wasm', GOTOOLCHAIN: 'local', GOWORK: 'off', GOFLAGS: process.env.GOFLAGS ?? '-p=2' }
  execFileSync('go', args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] })
}

function apply(work, { file, content, edits = [] }) {
  const path = join(work, file)
  let text = readFileSync(path, 'utf8')
  for (const [from, to] of edits) {
    const edited = text.replace(from, () => to)
    if (edited === text) throw new Error(`${file} no longer holds ${from}; strip.mjs or arc-index.mjs has to follow CUE`)
    text = edited
  }
  writeFileSync(path, content ?? text)
}

function write() {
  const parameters = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: wasm.length }
  const small = brotliCompressSync(wasm, { params: parameters })
  writeFileSync(compressed, small)
  writeFileSync(digest, `${sha256}  cue.wasm\n`)
  console.log(`cue.wasm ${(wasm.length / 1e6).toFixed(1)} MB, compressed ${(small.length / 1e6).toFixed(1)} MB, sha256 ${sha256}`)
}

function check() {
  const committed = readFileSync(digest, 'utf8').split(' ')[0]
  if (committed !== sha256) throw new Error(`cue.wasm is ${committed}, but go/ builds ${sha256}: run npm run build:wasm -w @vartrack/cuelang-wasm`)
  console.log(`cue.wasm is what go/ builds: ${sha256}`)
}
