import type { Chain } from './chain.js'
import type { CommitOptions } from './git-host-repository.js'

/** Commits one value to the file that the rules of a chain are about. varTrack is told, unless the options say otherwise. @returns the commit */
export function pushHost({ repository }: Chain, host: string, options: CommitOptions = {}): Promise<string> {
  return repository.commitFiles('main', { 'configs/app.yaml': `host: ${host}\n` }, host, options)
}

/** The push that a fault comes after: every store holds it. */
export async function pushFirst(chain: Chain): Promise<void> {
  await pushHost(chain, 'first')
  await chain.eventuallyEverywhere({ host: 'first' })
}
