import { endWithLine } from './last-line.js'
import { processTerminal } from './terminal.js'
import { runVt } from './vt.js'

// Rejections that nobody awaits come here too.
process.on('uncaughtException', endWithLine)

process.exitCode = await runVt(process.argv.slice(2), processTerminal())
