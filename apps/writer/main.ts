import { runApp } from '@vartrack/host'
import { startWriter } from './start.js'

await runApp('writer', startWriter)
