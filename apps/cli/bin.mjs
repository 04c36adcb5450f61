#!/usr/bin/env node
// From the build of a checkout, or from a package that was packed.
import { existsSync } from 'node:fs'

const program = ['./dist/main.js', './packed/main.js'].find((file) => existsSync(new URL(file, import.meta.url)))
if (program === undefined) {
  console.error('vt is not built in this checkout. Run `npm run setup` in its folder (once; the first time takes some minutes).')
  process.exitCode = 1
} else {
  await import(program)
}
