import { VarTrackError } from '@vartrack/errors'
import { fileSubject } from '../file-subject.js'
import type { Subject } from '../subject.js'

const reader = fileSubject({
  format: 'json',
  endings: ['.json'],
  seeds: ['{"a": [1, -0, 1.50, 1e400, {"b": null}], "\\u00e9\\ud83d\\ude00": "x\\n", "c": {}, "d": [], "e": true}'],
  words: ['{"a":', '[', ']', '}', ',', '"a":1,', '\\u0000', '\\ud800', '\\udc00', '\\/', '1E+2', '-', '.5', '01', 'nul', 'false', '{"a":{"b":', '""'],
})

/** Refusals of a text that JSON allows: what it may not mean, or have too much of. */
const OWN = /^(?:format\.(?:duplicate_key|unsafe|not_a_map|too_deep|empty)|flatten\.collision|env\.missing|root_key\.|limit\.)/

/** As every reader, and in agreement with JSON.parse on what JSON is. */
export const subject: Subject = {
  ...reader,
  run: async (input) => {
    const kind = await reader.run(input)
    const text = input.toString('utf8').replace(/^\ufeff/, '')
    const exact = Buffer.from(text).equals(input)
    if (!exact || OWN.test(kind)) return kind
    const read = !kind.startsWith('format.')
    if (read !== isJson(text))
      throw new VarTrackError({ code: 'fuzz.disagreement', message: `the core says ${kind}, JSON.parse does not`, disposition: { kind: 'bug' } })
    return kind
  },
}

/** Whether JavaScript reads it; a half of a surrogate pair is no text for anybody else. */
function isJson(text: string): boolean {
  try {
    return !/\p{Surrogate}/u.test(textsOf(JSON.parse(text)))
  } catch {
    return false
  }
}

function textsOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return ''
  return Object.entries(value)
    .map(([key, inner]) => `${key}\n${textsOf(inner)}`)
    .join('\n')
}
