import { runApp } from '@vartrack/host'
import { startIngress } from './start.js'

await runApp('ingress', startIngress)
