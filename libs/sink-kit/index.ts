export * from './contract.js'
export * from './frames.js'
