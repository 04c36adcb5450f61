export type { Terminal } from './terminal.js'
export { runVt } from './vt.js'
