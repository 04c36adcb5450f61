import { loadBundle } from '@vartrack/bundle'
import type { Cue } from '@vartrack/cuelang-wasm'
import { VarTrackError } from '@vartrack/errors'
import { sinks } from '@vartrack/sinks'

const PARTS = {
  platforms: 'platforms: [{github: {endpoint: "https://github.com", secret: "s3cr3t", org_name: "my-org"}}]',
  datasources: 'datasources: [{redis: {}}, {zookeeper: {hosts: ["localhost:2181"]}}]',
  rules: '',
}

/** A bundle around one part of it; `^` in the part stands before the place the problem is expected at. */
export function bundleWith(part: string): string {
  const kept = Object.entries(PARTS).flatMap(([name, text]) => (new RegExp(`^\\^?${name}:`).test(part) ? [] : [text]))
  return `bundle: {\n${[...kept, part].join('\n')}\n}\n`
}

/** What a bundle is refused with. @throws Error when it is accepted */
export async function refusal(source: string | Buffer, cue: Cue): Promise<VarTrackError> {
  const error: unknown = await loadBundle(source, 'config.cue', { cue, sinks }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof VarTrackError) return error
  throw error ?? new Error('the bundle was accepted')
}
