import type { Bundle, Rule } from '@vartrack/bundle'
import type { Sink } from '@vartrack/sink-kit'
import { sinks } from '@vartrack/sinks'
import { describe, expect, it } from 'vitest'
import { sampleRule } from '../../test/support/samples.js'
import { literalPrefixes, resolveDestinations } from './destinations.js'

const RULE: Rule = { ...sampleRule, destinationTemplate: '{env}:{repo}', fileName: 'configs/*.yaml' }

const bundle = { tenant: undefined, datasources: [{ name: 'redis', type: 'redis', options: sinks.redis.options.parse({}) }] } as unknown as Bundle

function resolve(rules: readonly Rule[], paths: readonly string[], removed: readonly string[] = []) {
  return resolveDestinations({
    bundle,
    sinks: new Map<string, Sink>([['redis', sinks.redis]]),
    rules,
    repo: 'acme/shop',
    event: { kind: 'push', ref: 'refs/heads/main' },
    tree: paths.map((path) => ({ path, kind: path.endsWith('.link') ? 'symlink' : 'file', blob: `blob of ${path}` })),
    removed,
  })
}

describe('the destinations of a repository', () => {
  it('gathers the files of all rules that land in one place', () => {
    const other = { ...RULE, name: 'other', fileName: 'other.yaml' }
    const [destination, ...rest] = resolve([RULE, other], ['configs/a.yaml', 'configs/b.yaml', 'other.yaml', 'unrelated.yaml'])
    expect(rest).toEqual([])
    expect(destination?.location).toBe('production:shop')
    expect(destination?.files.map((file) => file.path)).toEqual(['configs/a.yaml', 'configs/b.yaml', 'other.yaml'])
  })

  it('keeps a place whose file was removed, so that its keys can leave', () => {
    const [destination] = resolve([RULE], [], ['configs/a.yaml'])
    expect(destination?.files).toEqual([{ rule: RULE, path: 'configs/a.yaml', blob: undefined }])
  })

  it('refuses two environments in one place and names both files', () => {
    const rule = {
      ...RULE,
      destinationTemplate: 'one:place',
      branchMap: {},
      filePathMap: { 'configs/p.yaml': 'production', 'configs/s.yaml': 'staging' },
    }
    expect(() => resolve([rule], ['configs/p.yaml', 'configs/s.yaml'])).toThrow(/configs\/p\.yaml \(production\) and configs\/s\.yaml \(staging\)/)
  })

  it('refuses a symlink where a rule reads', () => {
    const rule = { ...RULE, fileName: 'configs/*' }
    expect(() => resolve([rule], ['configs/a.link'])).toThrow(expect.objectContaining({ code: 'git.symlink' }))
  })

  it('passes by a symlink where no rule reads', () => {
    expect(resolve([RULE], ['elsewhere.link'])).toEqual([])
  })
})

describe('the folders a commit is read in', () => {
  it('are the literal beginnings of the globs', () => {
    expect(literalPrefixes([RULE, { ...RULE, fileName: 'deep/er/app.yaml' }])).toEqual(['configs', 'deep/er/app.yaml'])
  })

  it('are all when a glob may match anywhere', () => {
    expect(literalPrefixes([RULE, { ...RULE, fileName: '**/app.yaml' }])).toEqual([])
  })
})
