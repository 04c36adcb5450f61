import { describe, expect, it } from 'vitest'
import { RedisOptions } from './options.js'

describe('the redis block of a datasource', () => {
  it.each([
    ['data_structure', /JSON is not available yet/, { data_structure: 'JSON' }],
    ['data_structure', /several nodes/, { deployment_mode: 'CLUSTER', hosts: ['a:1'], data_structure: 'STRING' }],
    ['db', /database 0 alone/, { deployment_mode: 'CLUSTER', hosts: ['a:1'], db: 1 }],
    ['hosts', /CLUSTER needs the hosts/, { deployment_mode: 'CLUSTER' }],
    ['sentinel_master', /name of the master/, { deployment_mode: 'SENTINEL', hosts: ['a:1'] }],
    ['tls_ca', /clear text/, { tls_ca: '/ca.crt' }],
    ['tls_key', /clear text/, { tls_cert: '/c.crt', tls_key: '/c.key' }],
    ['tls_cert', /go together/, { enable_tls: true, tls_key: '/c.key' }],
    ['database', /differs from db/, { db: 1, database: 2 }],
  ])('is refused at %s: %s', (field, message, options) => {
    const { error } = RedisOptions.safeParse(options)
    const issue = error?.issues.find(({ path }) => path[0] === field)
    expect(issue?.message).toMatch(message)
  })

  it('checks certificates unless it says otherwise', () => {
    expect(RedisOptions.parse({ enable_tls: true })).toMatchObject({ tls_verify: true })
  })
})
