import { runApp } from '@vartrack/host'
import { startWatcher } from './start.js'

await runApp('watcher', startWatcher)
