export { isCredentialName } from './credential-names.js'
export { createMask, MASKED, type Mask } from './mask.js'
export { type Environment, type ReadFile, resolveReference } from './reference.js'
export { createSecretResolver, type SecretSources } from './resolver.js'
