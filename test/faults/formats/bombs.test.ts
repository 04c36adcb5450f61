import { monitorEventLoopDelay } from 'node:perf_hooks'
import { SETTING_DEFAULTS } from '@vartrack/bundle/setting-defaults'
import { loadCore } from '@vartrack/core'
import { compileBytes, compileOptions } from '@vartrack/engine'
import { toVarTrackError } from '@vartrack/errors'
import { createParserPool, type Format } from '@vartrack/formats'
import { afterAll, describe, expect, it } from 'vitest'

const MEBIBYTE = 1024 * 1024
const LIMITS = { maxFileBytes: 10 * MEBIBYTE, maxDepth: 64, maxKeys: 100_000 }
const NEARLY_ALL = 10 * MEBIBYTE - 64
/** A thread is ended after 4.5 s, so that a bomb is refused within 5. */
const MOST_MS = 5000
const MOST_MORE_BYTES = 150 * MEBIBYTE
/** Nothing that a parser does may hold the event loop; garbage collection and a busy machine may for so long. */
const MOST_LAG_MS = 500
const SAMPLE_MS = 10

const core = loadCore()
const parser = createParserPool({ workers: 2 })
afterAll(() => parser[Symbol.asyncDispose]())

const REFUSED = /^(?:limit\.(?:bytes|keys|time|memory)|format\.(?:too_deep|unsafe|syntax|duplicate_key|empty|not_a_map|expression)|cue\..*)$/

/** A piece as often as fits below the limit of bytes, in front of it and behind it what makes it a file. */
function filled(piece: string, before = '', after = ''): Buffer {
  return Buffer.from(before + piece.repeat(Math.floor((NEARLY_ALL - before.length - after.length) / piece.length)) + after)
}

/** As many keys as fit, each its own. */
function keys(line: (name: string) => string, before = '', after = ''): Buffer {
  const lines: string[] = []
  for (let bytes = before.length + after.length, index = 0; ; index += 1) {
    const next = line(`k${index}`)
    bytes += next.length
    if (bytes > NEARLY_ALL) return Buffer.from(before + lines.join('') + after)
    lines.push(next)
  }
}

const laughs = Array.from({ length: 9 }, (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}]\n`).join('')

const BOMBS: readonly [Format, string, () => Buffer][] = [
  ...(['json', 'yaml', 'toml', 'env', 'ini', 'hcl', 'xml', 'properties'] as const).map((format): [Format, string, () => Buffer] => [
    format,
    '50 MB',
    () => Buffer.alloc(50 * MEBIBYTE, 'a'),
  ]),
  ['json', 'lists in lists', () => filled('[', '{"a":')],
  ['json', 'maps in maps', () => filled('{"a":')],
  ['json', 'keys without end', () => keys((name) => `"${name}":0,`, '{', '"z":0}')],
  ['json', 'empty lists', () => filled('[],', '{"a":[', '0]}')],
  ['yaml', 'aliases of aliases', () => Buffer.from(`l0: &l0 [x,x,x]\n${laughs}`)],
  ['yaml', 'lists in lists', () => filled('[', 'a: ')],
  ['yaml', 'maps in maps by blanks', () => Buffer.from(Array.from({ length: 4000 }, (_, level) => `${' '.repeat(level)}a:\n`).join(''))],
  ['yaml', 'keys without end', () => keys((name) => `${name}: 0\n`)],
  ['yaml', 'list items without end', () => filled('- 0\n', 'a:\n')],
  ['yaml', 'one long text', () => filled('text ', 'a: "', '"\nb: [')],
  ['yaml', 'anchors without end', () => keys((name) => `${name}: &${name} 0\n`)],
  ['yaml', 'anchors of nothing', () => filled('&a ', 'a: ')],
  ['yaml', 'empty keys', () => filled('a:\n')],
  ['toml', 'lists in lists', () => filled('[', 'a = ')],
  ['toml', 'tables in tables', () => filled('a.', '[', 'a]\n')],
  ['toml', 'a key of many names', () => filled('.a', 'a', '=1')],
  ['toml', 'keys without end', () => keys((name) => `${name}=0\n`)],
  ['env', 'keys without end', () => keys((name) => `${name}=0\n`)],
  ['env', 'a quote that is never closed', () => filled("\\'", "A='")],
  ['ini', 'keys without end', () => keys((name) => `${name}=0\n`)],
  ['ini', 'sections in sections', () => filled('a.', '[', 'a]\nx=1\n')],
  ['hcl', 'lists in lists', () => filled('[', 'a = ')],
  ['hcl', 'blocks in blocks', () => filled('a {\n')],
  ['hcl', 'parentheses', () => filled('(', 'a = ')],
  ['hcl', 'a heredoc that never ends', () => filled('line\n', 'a = <<EOT\n')],
  ['hcl', 'keys without end', () => keys((name) => `${name}=0\n`)],
  ['xml', 'elements in elements', () => filled('<a>')],
  ['xml', 'elements without end', () => filled('<a/>', '<r>', '</r>')],
  ['xml', 'empty texts without end', () => filled('<![CDATA[]]>', '<a>', '</a>')],
  ['xml', 'attributes without end', () => keys((name) => ` ${name}=""`, '<r', '/>')],
  ['xml', 'entities of entities', () => Buffer.from('<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><a>&b;</a>')],
  ['xml', 'a comment that never ends', () => filled('- ', '<!--')],
  ['properties', 'keys without end', () => keys((name) => `${name}=0\n`)],
  ['properties', 'a line that goes on and on', () => filled('\\\n', 'a=', '\\u')],
]

describe('a hostile file is refused soon, in little memory, and beside the event loop', () => {
  it.each(BOMBS)('%s: %s', async (format, _name, make) => {
    const bytes = make()
    const { code, took, more, lag } = await measured(bytes, format)
    expect(code).toMatch(REFUSED)
    expect(took).toBeLessThan(MOST_MS)
    expect(more / MEBIBYTE).toBeLessThan(MOST_MORE_BYTES / MEBIBYTE)
    expect(lag).toBeLessThan(MOST_LAG_MS)
  })
})

async function measured(bytes: Buffer, format: Format): Promise<{ code: string; took: number; more: number; lag: number }> {
  const before = process.memoryUsage.rss()
  let most = before
  const sample = () => {
    most = Math.max(most, process.memoryUsage.rss())
  }
  const sampling = setInterval(sample, SAMPLE_MS)
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const begun = performance.now()
  const code = await refusalOf(bytes, format)
  const took = performance.now() - begun
  sample()
  delay.disable()
  clearInterval(sampling)
  return { code, took, more: most - before, lag: delay.percentile(99) / 1e6 }
}

async function refusalOf(bytes: Buffer, format: Format): Promise<string> {
  const rule = { ...SETTING_DEFAULTS, rootKey: '', format }
  const options = compileOptions(rule, `bomb.${format}`, 'production', { env: 'production' }, LIMITS)
  return compileBytes({ core, parser }, bytes, rule, options).then(
    () => 'it was read',
    (error: unknown) => toVarTrackError(error).code,
  )
}
