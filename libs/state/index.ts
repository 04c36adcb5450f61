export * from './contract.js'
export { createState, type StateOptions } from './create-state.js'
export { counterOf } from './generations.js'
export type { StateProblem } from './stored.js'
