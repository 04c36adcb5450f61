export { createGitCache, type GitCacheOptions } from './cache.js'
export * from './contract.js'
export { passedEnvironment } from './environment.js'
