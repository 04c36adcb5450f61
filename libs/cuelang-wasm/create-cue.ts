import { VarTrackError } from '@vartrack/errors'
import type { Cue, CueOptions } from './contract.js'

/**
 * CUE, started at the first call.
 * @param _options limits of the worker thread
 */
export function createCue(_options: CueOptions = {}): Cue {
  return { evaluate: unavailable, validate: unavailable, describe: unavailable, [Symbol.asyncDispose]: () => Promise.resolve() }
}

function unavailable(): Promise<never> {
  return Promise.reject(new VarTrackError({ code: 'cue.unavailable', message: 'The CUE module has not been built.' }))
}
