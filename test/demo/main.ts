import { runCheck, runForPerson } from './perform.js'
import { createScreen } from './screen.js'

/** Ctrl-C comes twice: from the terminal, and passed on by npm. In ms. */
const ONE_SIGNAL_MS = 1_000

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
    let first: number | undefined
    const hear = (signal: string) => {
      first ??= performance.now()
      if (performance.now() - first > ONE_SIGNAL_MS) process.exit(1)
      resolve(signal)
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, hear)
  })
}
