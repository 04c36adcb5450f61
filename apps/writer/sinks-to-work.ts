import { VarTrackError } from '@vartrack/errors'

/**
 * The sink types whose queues a process works.
 * @param wanted VT_SINKS; `undefined`: all
 * @param available types this version can write
 * @throws VarTrackError `config.environment` naming the types that are none; a writer that waits at a queue nobody fills would look healthy
 */
export function sinksToWork(wanted: readonly string[] | undefined, available: readonly string[]): readonly string[] {
  const unknown = (wanted ?? []).filter((sink) => !available.includes(sink))
  if (unknown.length === 0) return [...new Set(wanted ?? available)]
  throw new VarTrackError({
    code: 'config.environment',
    message: `VT_SINKS names ${unknown.join(', ')}, which this version cannot write.`,
    remedy: `Name some of ${available.join(', ')}, or leave VT_SINKS out for all.`,
  })
}
