import { runApp } from '@vartrack/host'
import { startPlanner } from './start.js'

await runApp('planner', startPlanner)
