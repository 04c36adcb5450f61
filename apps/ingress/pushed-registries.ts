import type { Platform } from '@vartrack/bundle'
import { type PlatformEvent, platformHandlers } from '@vartrack/platforms'
import type { RegistryLocation } from '@vartrack/schemas'

/** The schema registries that a push has moved; usually none. */
export function pushedRegistries(event: PlatformEvent, platform: Platform, registries: readonly RegistryLocation[]): RegistryLocation[] {
  if (event.kind !== 'push') return []
  const url = withoutSuffix(platformHandlers[platform.kind].cloneUrl(platform, event.repo))
  return registries.filter((registry) => {
    const here =
      registry.platform === undefined ? withoutSuffix(registry.repo) === url : registry.platform === platform.name && registry.repo === event.repo
    return registry.kind === 'git' && registry.ref === event.ref && here
  })
}

function withoutSuffix(url: string): string {
  return url.replace(/\/?(\.git)?$/, '')
}
