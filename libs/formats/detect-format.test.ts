import { describe, expect, it } from 'vitest'
import { detectFormat } from './detect-format.js'

describe('the format of a file', () => {
  it.each([
    ['configs/app.yaml', 'yaml'],
    ['app.yml', 'yaml'],
    ['App.YAML', 'yaml'],
    ['package.json', 'json'],
    ['a.b.toml', 'toml'],
    ['vars.env', 'env'],
    ['.env', 'env'],
    ['deploy/.env.staging', 'env'],
    ['.env.local.json', 'json'],
    ['a.ini', 'ini'],
    ['main.tf', 'hcl'],
    ['prod.tfvars', 'hcl'],
    ['config.hcl', 'hcl'],
    ['pom.xml', 'xml'],
    ['application.properties', 'properties'],
  ])('%s is %s', (path, format) => expect(detectFormat(path)).toBe(format))

  it.each([
    ['yml', 'yaml'],
    ['.tf', 'hcl'],
    ['JSON', 'json'],
  ])('the rule can say %s', (override, format) => expect(detectFormat('settings', override)).toBe(format))

  it.each(['a.bin', 'Makefile', 'a.yaml.bak', 'env', '.environment', 'constructor', 'a.constructor'])(
    '%s is unknown, and the error names what is known',
    (path) => {
      expect(() => detectFormat(path)).toThrow(
        expect.objectContaining({ code: 'format.unknown', remedy: expect.stringMatching(/format:.*yaml.*properties/) }),
      )
    },
  )

  it('a wrong `format:` is refused, whatever the extension', () => {
    expect(() => detectFormat('a.yaml', 'yam')).toThrow(expect.objectContaining({ code: 'format.unknown' }))
  })
})
