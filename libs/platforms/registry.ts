import type { PlatformKind } from '@vartrack/bundle'
import type { PlatformKindHandler } from './contract.js'
import { gitea } from './gitea.js'
import { github } from './github.js'

/** Every kind of Git host; a new one is its file and a line here. */
export const platformHandlers: Readonly<Record<PlatformKind, PlatformKindHandler>> = { github, gitea }
