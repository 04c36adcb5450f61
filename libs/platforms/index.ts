export { repositoryAt } from './clone-url.js'
export * from './contract.js'
export { belongsToPlatform, findPlatform } from './find-platform.js'
export { platformHandlers } from './registry.js'
