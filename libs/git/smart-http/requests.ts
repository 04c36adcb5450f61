import type { Capabilities } from './capabilities.js'
import { DELIMITER, FLUSH, line } from './pkt-line.js'

/** Named to hosts that ask for it; begins as git's does, because some hosts look for that. */
export const AGENT = 'git/varTrack'

/** Asks for the refs that begin with a full ref's name: the ref itself, if it is there, is among them. */
export function listRefRequest(capabilities: Capabilities, ref: string): Buffer {
  return request('ls-refs', capabilities, [`ref-prefix ${ref}`])
}

/**
 * Asks for what leads to a commit from the ones that are here. Without `done`: a host that cannot tell what is new says so, instead of sending everything.
 * @param want object id
 * @param haves object ids whose whole history is here
 */
export function fetchRequest(capabilities: Capabilities, want: string, haves: readonly string[]): Buffer {
  return request('fetch', capabilities, ['thin-pack', 'ofs-delta', 'no-progress', `want ${want}`, ...haves.map((have) => `have ${have}`)])
}

function request(command: string, capabilities: Capabilities, lines: readonly string[]): Buffer {
  return Buffer.concat([
    line(`command=${command}`),
    ...(capabilities.agent ? [line(`agent=${AGENT}`)] : []),
    ...(capabilities.namesObjectFormat ? [line('object-format=sha1')] : []),
    DELIMITER,
    ...lines.map(line),
    FLUSH,
  ])
}
