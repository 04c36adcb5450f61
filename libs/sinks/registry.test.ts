import { existsSync, readFileSync } from 'node:fs'
import { SINK_TYPES } from '@vartrack/sink-kit'
import { describe, expect, it } from 'vitest'
import { locationRules } from './locations.js'
import { isAvailable, sinks } from './registry.js'

const DRIVERS = ['ioredis', 'mongodb', 'node-zookeeper-client']

describe('the registry of sinks', () => {
  it('calls every sink by its type, and has a folder for each', () => {
    for (const [name, sink] of Object.entries(sinks)) {
      expect(sink.type).toBe(name)
      expect(existsSync(new URL(`./${name}/index.ts`, import.meta.url))).toBe(true)
    }
  })

  it('knows the names of every type, also of those that cannot be written to yet', () => {
    expect(Object.keys(locationRules).toSorted()).toEqual(SINK_TYPES.toSorted())
    expect(SINK_TYPES.filter(isAvailable).toSorted()).toEqual(Object.keys(sinks).toSorted())
  })

  it('loads no driver before a session opens', () => {
    const seen = staticImports(new URL('./registry.ts', import.meta.url), new Set())
    expect([...seen].filter((specifier) => DRIVERS.includes(specifier))).toEqual([])
    expect(seen).toContain('zod')
  })
})

/** Everything a file imports before its first line runs, also through other files; types are not loaded. */
function staticImports(file: URL, seen: Set<string>): Set<string> {
  for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*? from '([^']+)'$/gm)) {
    if (!specifier || seen.has(specifier)) continue
    if (!specifier.startsWith('.')) seen.add(specifier)
    else staticImports(new URL(specifier.replace(/\.js$/, '.ts'), file), seen)
  }
  return seen
}
