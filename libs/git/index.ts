export { createGitCache, type GitCacheOptions } from './cache.js'
export * from './contract.js'
export { passedEnvironment } from './environment.js'
export type { FetchReport } from './smart-http/smart-http.js'
