import type { SourceAt } from './contract.js'

/** Names of the keys, all below `<prefix>:state:`. Locations, sources and refs are escaped, so that no name runs into the next. */
export type Keys = ReturnType<typeof stateKeys>

/** @param prefix before every key; `{name}` keeps all keys in one slot of a cluster */
export function stateKeys(prefix: string) {
  const key = (kind: string, ...parts: string[]) => [prefix, 'state', kind, ...parts.map(encodeURIComponent)].join(':')
  return {
    generation: (at: SourceAt) => key('generation', at.datasource, at.location, at.source),
    release: (digest: string) => key('release', digest),
    changeSet: (id: string) => key('change-set', id),
    changeSetTargets: (id: string) => key('change-set-targets', id),
    outcomes: (id: string) => key('outcomes', id),
    /** Ids by time. */
    changeSets: key('change-sets'),
    claims: (datasource: string, location: string) => key('claims', datasource, location),
    claimOrder: (datasource: string, location: string) => key('claim-order', datasource, location),
    targets: (datasource: string) => key('targets', datasource),
    status: (datasource: string) => key('status', datasource),
    /** The generation that has left nothing there. */
    removal: (at: SourceAt) => key('removal', at.datasource, at.location, at.source),
    ledger: (at: SourceAt) => key('ledger', at.datasource, at.location, at.source),
    history: (at: SourceAt) => key('history', at.datasource, at.location, at.source),
    plans: (platform: string) => key('plans', platform),
    tried: (platform: string) => key('tried', platform),
    departure: (platform: string, repo: string, ref: string) => key('departure', platform, repo, ref),
    /** Versions of schema registries. */
    registries: key('registries'),
    delivery: (platform: string, id: string) => key('delivery', platform, id),
  }
}

/** Field of a hash that holds one entry per source and location. */
export function atField(at: Pick<SourceAt, 'location' | 'source'>): string {
  return `${encodeURIComponent(at.location)} ${encodeURIComponent(at.source)}`
}

/** Field of a hash that holds one entry per ref. */
export function refField(repo: string, ref: string): string {
  return `${encodeURIComponent(repo)} ${encodeURIComponent(ref)}`
}

/** Reverse of {@link refField}; `undefined` for a field that is none. */
export function parseRefField(field: string): { readonly repo: string; readonly ref: string } | undefined {
  const [repo, ref, more] = field.split(' ')
  if (repo === undefined || ref === undefined || more !== undefined) return undefined
  try {
    return { repo: decodeURIComponent(repo), ref: decodeURIComponent(ref) }
  } catch {
    return undefined
  }
}
