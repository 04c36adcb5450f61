import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openVtWorkshop, type VtWorkshop, vt } from '../../test/support/run-vt.js'
import { temporaryDirectory } from '../../test/support/temporary-directory.js'

let workshop: VtWorkshop

beforeAll(async () => {
  workshop = await openVtWorkshop()
})
afterAll(() => workshop[Symbol.asyncDispose]())

describe('vt validate', () => {
  const SCHEMA = '#Config: {\n  host: string\n  port: int & >0 & <65536\n  password: string @secret()\n}\n'

  it('shows every violation in the file, with the place in the schema', async () => {
    const schema = await workshop.file('app.cue', SCHEMA)
    const path = await workshop.file('wrong.yaml', 'vartrack:\n  production:\n    host: 12\n    port: 70000\n    password: hunter2\n    extra: 1\n')
    const { code, err, out } = await vt('validate', path, '--schema', schema, '--env', 'production')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    for (const place of ['3:5', '4:5', '6:5']) expect(err).toContain(`${path}:${place}\n`)
    expect(err).toContain(`what ${schema}:2:3 asks of it`)
    expect(err).not.toContain('hunter2')
  })

  it('gives one line of JSON to each file', async () => {
    const schema = await workshop.file('app.cue', SCHEMA)
    const good = await workshop.file('good.yaml', 'host: a\nport: 1\npassword: hunter2\n')
    const { code, out } = await vt('validate', good, await workshop.file('bad.env', 'host=a\n'), '--schema', schema, '--json')
    const [first, second] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(code).toBe(1)
    expect(first).toMatchObject({ valid: true, file: good, schema })
    expect(second).toMatchObject({ error: { code: 'schema.violation', line: 1, others: [expect.anything(), expect.anything()] } })
    expect(out).not.toContain('hunter2')
  })

  it('gives one violation the fields that many have', async () => {
    const schema = await workshop.file('app.cue', SCHEMA)
    const { out } = await vt('validate', await workshop.file('one.yaml', 'host: a\nport: x\npassword: b\n'), '--schema', schema, '--json')
    const violation = { code: 'schema.violation', message: expect.stringContaining('port: '), line: 2, column: 1 }
    expect(JSON.parse(out)).toMatchObject({
      error: { ...violation, others: [{ ...violation, field: 'port', expected: expect.any(String), got: '"x"', schema: `${schema}:3:3` }] },
    })
    expect(Object.keys(JSON.parse(out) as object)).toEqual(['error'])
  })

  it('searches a folder as a registry is searched, and says when no schema governs a file', async () => {
    await using registry = await temporaryDirectory('schemas')
    const folder = registry.path
    await writeFile(join(folder, 'good.cue'), SCHEMA)
    const [good, other] = [await workshop.file('good.yaml', 'host: a\nport: 1\npassword: x\n'), await workshop.file('other.yaml', 'a: 1\n')]
    const { code, out } = await vt('validate', good, other, '--schema', folder)
    expect({ code, out }).toEqual({ code: 0, out: `${good} meets ${folder}/good.cue\n${other} can be read; no schema governs it\n` })
  })

  it('warns only, where the rule is not strict, and compile masks what is secret', async () => {
    const schema = await workshop.file('app.cue', SCHEMA)
    const lenient = await workshop.file('lenient.json', '{"strict_validation": false}')
    const { code, out } = await vt('compile', await workshop.file('few.yaml', 'password: hunter2\n'), '--schema', schema, '--rule', lenient, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ entries: { password: ['string', '***'] }, diagnostics: [{}, { code: 'schema.violation' }, {}] })
  })

  it('says of a file that it does not meet its schema, where the rule lets it pass', async () => {
    const [schema, lenient, few] = [
      await workshop.file('app.cue', SCHEMA),
      await workshop.file('lenient.json', '{"strict_validation": false}'),
      await workshop.file('few.yaml', 'host: a\n'),
    ]
    const { code, out } = await vt('validate', few, '--schema', schema, '--rule', lenient)
    expect({ code, out }).toEqual({ code: 0, out: `${few} does not meet ${schema}; its rule is not strict and lets it pass\n` })
  })

  it('says with the violations that no environments were named, until a rule names them', async () => {
    const [schema, chosen] = [
      await workshop.file('host.cue', '#Config: db: host: string'),
      await workshop.file('chosen.yaml', 'db:\n  host: {production: a, default: b}\n'),
    ]
    const args = ['validate', chosen, '--schema', schema, '--env', 'production']
    expect(await vt(...args)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^warning: .*env\.unsliced.*\n = No environments are named .*--rule/),
    })
    expect(await vt(...args, '--rule', await workshop.file('named.json', '{"environments": ["production"]}'))).toMatchObject({ code: 0, err: '' })
  })

  it('needs a schema, and refuses one that is wrong', async () => {
    expect(await vt('validate', 'a.yaml')).toMatchObject({ code: 1, err: expect.stringContaining('[cli.no_schema]') })
    const latin = await workshop.file('latin.cue', Buffer.from('a: "\xe9"', 'latin1'))
    expect((await vt('validate', await workshop.file('any.yaml', 'a: 1\n'), '--schema', latin)).err).toContain(
      `[schema.bad_encoding]\n --> ${latin}:1:5\n`,
    )
    const twice = await workshop.file('twice.cue', '#Config: {a: b\nc: d}\n')
    const { err: both } = await vt('validate', await workshop.file('any.yaml', 'a: 1\n'), '--schema', twice)
    expect(both.match(/reference "[bd]" not found/g)).toEqual(['reference "b" not found', 'reference "d" not found'])
    const schema = await workshop.file('broken.cue', '#Config: {')
    const { code, err } = await vt('validate', await workshop.file('any.yaml', 'a: 1\n'), '--schema', schema)
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/\[cue\.syntax\][^]* = Correct the schema\.\n/) })
  })
})
