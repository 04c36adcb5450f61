import { SetupError } from './run.mjs'
import { setUp } from './set-up.mjs'

const [purpose] = process.argv.slice(2)
if (purpose !== 'start' && purpose !== 'demo' && purpose !== 'test') {
  console.error('Usage: node test/setup/main.mjs start|demo|test')
  process.exit(2)
}
try {
  await setUp(purpose)
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  console.error(`[setup] cannot go on.\n${error.message}`)
  process.exitCode = 1
}
