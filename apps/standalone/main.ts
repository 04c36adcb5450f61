import { runApp } from '@vartrack/host'
import { startStandalone } from './start.js'

await runApp('standalone', startStandalone, { embeddedRedis: true })
