import { processTerminal } from './terminal.js'
import { runVt } from './vt.js'

process.exitCode = await runVt(process.argv.slice(2), processTerminal())
