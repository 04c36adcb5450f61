export { createIngress } from './app.js'
export type { IngressDependencies, IngressLimits } from './dependencies.js'
export { type Listening, type ListenOptions, listen } from './listen.js'
export { startIngress } from './start.js'
