export { createGitCache, type GitCacheOptions } from './cache.js'
export * from './contract.js'
