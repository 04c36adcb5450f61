import type { SecretReference } from '@vartrack/sink-kit'
import type { Mask } from './mask.js'
import { type Environment, type ReadFile, resolveReference } from './reference.js'

/** What a resolver reads from, and the mask that learns what it resolved. */
export interface SecretSources {
  readonly env: Environment
  readonly readFile: ReadFile
  readonly mask: Mask
}

/**
 * Resolves references and has the mask hide what came out, before anybody else sees it. Fits `SinkContext.secret`.
 * @throws VarTrackError as `resolveReference`
 */
export function createSecretResolver(sources: SecretSources): (reference: SecretReference) => Promise<string> {
  return async (reference) => {
    const secret = await resolveReference(reference, sources.env, sources.readFile)
    sources.mask.add(secret)
    return secret
  }
}
