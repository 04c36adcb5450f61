export * from './contract.js'
export { loadCore } from './core.js'
export { type DottedName, readDottedNames, writeDottedNames } from './dotted-names.js'
