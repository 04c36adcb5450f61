import { countSignals } from '@vartrack/runtime'
import { runCheck, runForPerson } from './perform.js'
import { createScreen } from './screen.js'

const wishes = process.argv.slice(2)
if (wishes.some((wish) => wish !== '--check')) {
  console.error('Usage: npm run demo [-- --check]')
  process.exit(2)
}
const screen = createScreen((line) => console.log(line))
const run = wishes.length > 0 ? runCheck : runForPerson
try {
  process.exit(await run(screen, firstSignal()))
} catch (error) {
  console.error(`The demo could not start. ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}

/** A second signal ends the demo at once; what it started ends with it. */
function firstSignal(): Promise<string> {
  return new Promise((resolve) => {
    const nth = countSignals()
    const hear = (signal: string) => {
      if (nth() === 'second') process.exit(1)
      resolve(signal)
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, hear)
  })
}
