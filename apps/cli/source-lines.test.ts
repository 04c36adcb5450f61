import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openVtWorkshop, type VtWorkshop, vt } from '../../test/support/run-vt.js'

let workshop: VtWorkshop

beforeAll(async () => {
  workshop = await openVtWorkshop()
})
afterAll(() => workshop[Symbol.asyncDispose]())

describe('the source lines that vt shows', () => {
  const SCHEMA = '#Config: db: {password: string & =~"^[A-Z]+$" @secret(), port: int}\n'

  it('hold no secret of the schema: its own line, one beside another field, one over several lines', async () => {
    const files = await Promise.all([
      workshop.file('own.yaml', 'db:\n  password: hunter2\n  port: x\n'),
      workshop.file('beside.json', '{"db":{"password":"HUNTER","port":"x", "was": "hunter2"}}'),
      workshop.file('block.yaml', 'db: {password: "HUN\n  hunter2", port: x}\n'),
      workshop.file('slices.yaml', 'db:\n  port: x\n  password: {production: A, default: hunter2}\n'),
    ])
    for (const command of ['validate', 'compile']) {
      const { err, code } = await vt(command, ...files, '--schema', await workshop.file('sec.cue', SCHEMA), '-e', 'production')
      expect(code).toBe(1)
      for (const path of files) expect(err).toContain(`--> ${path}:`)
      expect(err).not.toMatch(/hunter2|HUN/)
    }
  })

  it('are there for a field whose message says them anyway', async () => {
    const { err } = await vt(
      'validate',
      await workshop.file('port.yaml', 'db:\n  password: hunter2\n  port: x\n'),
      '--schema',
      await workshop.file('sec.cue', SCHEMA),
    )
    expect(err).toContain('3 |   port: x\n  |   ^\n')
    expect(err).not.toContain('hunter2')
  })

  it('hold no secret of a file that cannot be read as its format, when its schema marks secrets', async () => {
    const broken = await workshop.file('broken.json', '{"db": {"password": "hunter2", "port": oops}}')
    const { err } = await vt('validate', broken, '--schema', await workshop.file('sec.cue', SCHEMA))
    expect(err).toContain(`[format.syntax]\n--> ${broken}:1:40\n`)
    expect(err).not.toContain('hunter2')
    const open = await vt('validate', broken, '--schema', await workshop.file('open.cue', '#Config: {...}'))
    expect(open.err).toContain('"port": oops')
  })

  it('hold no default of a schema that marks secrets', async () => {
    const schema = await workshop.file('default.cue', '#Config: {pw: *"hunter2" | string @secret(), : }')
    const { err } = await vt('validate', await workshop.file('pw.yaml', 'pw: a\n'), '--schema', schema)
    expect(err).toContain('[cue.syntax]')
    expect(err).not.toContain('hunter2')
  })

  it.each(['@secrt()', '@Secert(ref="x")', '@Logger()', '@x()'])(
    'hold no value of a schema, or of its files, with a mark that may be misspelt: %s',
    async (mark) => {
      const schema = await workshop.file('misspelt.cue', `#Config: {\n  pw: "hunter2" ${mark}\n  port: int @logger()\n  : }\n`)
      const marked = await workshop.file('marked.cue', `#Config: {\n  pw: "hunter2" ${mark}\n  port: int @logger()\n}\n`)
      const broken = await workshop.file('broken.json', '{"pw": "hunter2", "port": oops}')
      for (const cue of [schema, marked]) {
        expect((await vt('validate', await workshop.file('pw.yaml', 'pw: hunter2\n'), '--schema', cue)).err).not.toContain('hunter2" @')
        expect((await vt('validate', broken, '--schema', cue)).err).not.toContain('hunter2')
      }
      const logged = await workshop.file('logged.cue', '#Config: {pw: string, port: int @logger()}\n')
      expect((await vt('validate', broken, '--schema', logged)).err).toContain('"port": oops')
    },
  )

  it.each([
    'bundle: {platforms: [{github: {endpoint: "https://x", secret: "hunter2" & "hunter3"}}]}',
    'bundle: {platforms: [{github: {secret: "hunter2", tiemout: "5s"}}], rules: []}',
    '_pw: "hunter2"\nbundle: {rulse: [], _x: "hunter2"}',
    'bundle: {datasources: [{mongo: {uri: "mongodb://u:hunter2@h"}}]}',
    'bundle: {rulse: []} // hunter2',
    'bundle: {auth: {tokens: [{name: "a", sha256: "hunter2"}]}}',
    'bundle: {platforms: [{github: {secret: "hunter2" ]',
  ])('hold no credential of a bundle: %s', async (source) => {
    const { err, code } = await vt('bundle', 'validate', await workshop.file('credentials.cue', source))
    expect(code).toBe(1)
    expect(err).toMatch(/credentials\.cue:\d/)
    expect(err).not.toContain('hunter')
  })
})
