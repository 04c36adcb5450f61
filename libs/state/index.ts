export * from './contract.js'
export { createState, type StateOptions } from './create-state.js'
export type { StateProblem } from './stored.js'
