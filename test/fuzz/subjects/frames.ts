import { VarTrackError } from '@vartrack/errors'
import { recordCount, records } from '@vartrack/sink-kit'
import { frameSeeds, frameWords } from '../frame-seeds.js'
import type { Subject } from '../subject.js'

/** The decoder in JavaScript: records, or `frame.malformed`. */
export const subject: Subject = {
  seeds: frameSeeds(),
  words: frameWords,
  run: async (input) => {
    try {
      let count = 0
      for (const { key, value, origin } of records(input)) count += key.length >= 0 && value.length >= 0 && origin !== null ? 1 : 0
      if (count !== recordCount(input)) throw new Error(`${count} records of ${recordCount(input)}`)
      return `${Math.min(count, 10)} records`
    } catch (error) {
      if (error instanceof VarTrackError && error.code === 'frame.malformed') return error.message
      throw error
    }
  },
}
