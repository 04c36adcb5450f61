import { writeSync } from 'node:fs'
import { loadCore } from '@vartrack/core'
import type { Sink } from '@vartrack/sink-kit'
import { sinks } from '@vartrack/sinks'
import { perform, type Work } from './work.js'

/**
 * A writer of its own for the tests to kill. Arguments: sink, options of its datasource, the work, the latter two as JSON. It does the work when it is told
 * to by SIGUSR2, and says how it ended.
 */
const [type = '', options = '', json = ''] = process.argv.slice(2)
const sink: Sink = sinks[type as keyof typeof sinks]
const core = loadCore()
const signal = new AbortController().signal

const work: Work = JSON.parse(json)
const session = await sink.open(sink.options.parse(JSON.parse(options)), { secret: async (secret: unknown) => String(secret), signal })
const told = new Promise((resolve) => process.once('SIGUSR2', resolve))
writeSync(1, 'ready\n')
await told
writeSync(1, `ended: ${await perform(work, core, session, sink, signal)}\n`)
process.exit(0)
