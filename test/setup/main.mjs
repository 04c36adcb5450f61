import { setUpAndRun } from './run-after.mjs'

/** What is run after set-up: the product, or the demo with the arguments it was given. */
const PROGRAMS = { start: 'apps/standalone/dist/main.js', demo: 'test/dist/demo/main.js', test: undefined }

const [purpose] = process.argv.splice(2, 1)
if (purpose !== 'start' && purpose !== 'demo' && purpose !== 'test') {
  console.error('Usage: node test/setup/main.mjs start|demo|test')
  process.exit(2)
}
await setUpAndRun(purpose, PROGRAMS[purpose])
