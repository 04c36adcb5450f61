import { describe, expect, it } from 'vitest'
import type { KnownDatasource } from '../sections/datasources.js'
import { leavesBasePath } from './base-path.js'

function datasourceWith(printable: unknown): KnownDatasource {
  return { datasource: { name: 'zookeeper', type: 'zookeeper', options: {}, printable }, sink: {} as KnownDatasource['sink'] }
}

describe('a template beside the base_path of its datasource', () => {
  it.each([
    ['/acme', '/acme/{env}', false],
    ['/acme', '/acme', false],
    ['/acme/', '/acme/{env}', false],
    ['/acme/{env}', '/acme/x', false],
    ['/', '/{tenant}/{env}', false],
    ['/acme', '/acmes/{env}', true],
    ['/acme', '/{tenant}/{env}', true],
    ['/acme/{env}', '/other', true],
    ['/acme', '/acme/../other', true],
  ])('%s and %s', (basePath, template, leaves) => {
    expect(leavesBasePath(template, datasourceWith({ base_path: basePath }))).toBe(leaves)
  })

  it('is free where the operator wrote no base_path', () => {
    expect(leavesBasePath('/anywhere', datasourceWith({}))).toBe(false)
    expect(leavesBasePath('/anywhere/../else', datasourceWith({}))).toBe(true)
  })
})
