import { describe, expect, it } from 'vitest'
import { errorOf, LIMITS } from './testing.js'

const THREE_KEYS = {
  'f.yaml': 'a: 1\nb: 2\nc: 3\n',
  'f.toml': 'a = 1\nb = 2\nc = 3\n',
  '.env': 'a=1\nb=2\nc=3\n',
  'f.ini': 'a=1\nb=2\nc=3\n',
  'f.properties': 'a=1\nb=2\nc=3\n',
  'f.xml': '<r><a>1</a><b>2</b><c>3</c></r>',
}
const THREE_LEVELS = { 'f.yaml': 'a: {b: {c: 1}}\n', 'f.toml': 'a.b.c = 1\n', 'f.ini': '[a.b]\nc=1\n', 'f.xml': '<a><b><c>1</c></b></a>' }

describe('a limit that a file is over', () => {
  it.each(Object.entries(THREE_KEYS))('is told by its setting, of values in %s', async (path, text) =>
    expect(await errorOf(path, text, { ...LIMITS, maxKeys: 2 })).toMatchObject({
      code: 'limit.keys',
      message: 'The file holds more than 2 values.',
      remedy: 'Split the file, or raise limits.max_keys in the bundle.',
    }),
  )
  it.each(Object.entries(THREE_LEVELS))('is told by its setting, of levels in %s', async (path, text) =>
    expect(await errorOf(path, text, { ...LIMITS, maxDepth: 2 })).toMatchObject({
      code: 'format.too_deep',
      message: 'The values are nested deeper than 2 levels.',
      remedy: 'Flatten the file, or raise limits.max_depth in the bundle.',
    }),
  )
  it.each([...Object.entries(THREE_KEYS), ['f.json', '{"a": 1}'], ['f.hcl', 'a = 1']])('is told by its setting, of bytes in %s', async (path, text) =>
    expect(await errorOf(path, text, { ...LIMITS, maxFileBytes: 2 })).toMatchObject({
      code: 'limit.bytes',
      message: `The file has ${text.length} bytes, more than the limit of 2.`,
      remedy: 'Split the file, or raise limits.max_file_bytes in the bundle.',
    }),
  )
})
