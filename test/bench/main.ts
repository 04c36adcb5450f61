import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const NOT_BENCHMARKS = new Set(['main', 'row', 'metric-means'])

const [name = ''] = process.argv.slice(2)
const known = readdirSync(dirname(fileURLToPath(import.meta.url)))
  .flatMap((file) => /^([a-z-]+)\.js$/.exec(file)?.[1] ?? [])
  .filter((file) => !NOT_BENCHMARKS.has(file))
if (known.includes(name)) {
  await import(`./${name}.js`)
} else {
  console.error(`Usage: npm run bench -- NAME, where NAME is one of ${known.join(', ')}`)
  process.exitCode = 2
}
