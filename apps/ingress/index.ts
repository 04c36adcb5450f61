export { createIngress, type Ingress } from './app.js'
export type { IngressDependencies, IngressLimits, IngressLog, IngressMetrics, IngressState } from './dependencies.js'
export { type Listening, type ListenOptions, listen } from './listen.js'
export { startIngress } from './start.js'
