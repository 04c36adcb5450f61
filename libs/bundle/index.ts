export * from './contract.js'
export { matchesAny, matchesGlob } from './globs.js'
export { overrideRule } from './override-rule.js'
