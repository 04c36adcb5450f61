#!/usr/bin/env node
// From a package that was packed, or from the build of a checkout.
import { existsSync } from 'node:fs'

await import(existsSync(new URL('./dist/main.js', import.meta.url)) ? './dist/main.js' : './packed/main.js')
