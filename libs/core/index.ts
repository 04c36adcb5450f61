export * from './contract.js'
export { loadCore } from './core.js'
