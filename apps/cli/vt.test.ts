import { execFile } from 'node:child_process'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openVtWorkshop, type VtWorkshop, vt } from '../../test/support/run-vt.js'
import manifest from './package.json' with { type: 'json' }
import { VERSION } from './version.js'

let workshop: VtWorkshop

beforeAll(async () => {
  workshop = await openVtWorkshop()
})
afterAll(() => workshop[Symbol.asyncDispose]())

describe('vt in a checkout', () => {
  it('says what to do where it is not built yet', async () => {
    const alone = await workshop.file('bin.mjs', '')
    await copyFile(join(import.meta.dirname, 'bin.mjs'), alone)
    const said = await new Promise((resolve) =>
      execFile(process.execPath, [alone, 'version'], (error, out, err) => resolve({ code: error?.code, out, err })),
    )
    expect(said).toEqual({ code: 1, out: '', err: expect.stringMatching(/^vt is not built.*npm run setup.*\n$/) })
  })
})

describe('vt', () => {
  it('says its version', async () => {
    expect(VERSION).toBe(manifest.version)
    expect(await vt('version')).toEqual({ code: 0, out: `vt ${VERSION}\n`, err: '' })
    expect(JSON.parse((await vt('version', '--json')).out)).toEqual({ version: VERSION })
  })

  it('refuses a secret on the command line without repeating it', async () => {
    for (const args of [
      ['compile', 'a.yaml', '--token', 'hunter2'],
      ['version', '--api-key=hunter2'],
      ['--password', 'hunter2'],
    ]) {
      const { code, out, err } = await vt(...args)
      expect({ code, out }).toEqual({ code: 1, out: '' })
      expect(err).toContain('[cli.secret_argument]')
      expect(err).not.toContain('hunter2')
    }
  })

  it('never repeats the value of an option that it does not know', async () => {
    const options = [
      '--tok=hunter2',
      '--tokens=hunter2',
      '--bearer=hunter2',
      '--jwt=hunter2',
      '--key=hunter2',
      '--auth=hunter2',
      '--user=admin:hunter2',
    ]
    const short = ['-phunter2', '-ptoken=hunter2', '-password=hunter2', '-secret=hunter2', "--x=a'hunter2'b", '--x=a\nhunter2', 'token=hunter2']
    for (const option of [...options, ...short]) {
      for (const args of [['compile', option, 'a.yaml'], ['version', option], [option]]) {
        if (args[0] === 'compile' && !option.startsWith('-')) continue
        const { code, out, err } = await vt(...args, '--json')
        expect({ args, code }).toEqual({ args, code: 1 })
        expect(JSON.parse(out)).toMatchObject({ error: { code: expect.stringMatching(/^cli\.(?:usage|secret_argument)$/) } })
        expect(out + err).not.toContain('hunter2')
      }
    }
    expect(await vt('compile', '--color=hunter2', 'a.yaml')).toMatchObject({ out: '', err: "error: unknown option '--color'\nRun vt --help.\n" })
  })

  it('names the option that was meant, with its value or without', async () => {
    for (const option of [['--frmat=hunter2'], ['--frmat', 'hunter2']]) {
      const { code, out, err } = await vt('compile', 'a.yaml', ...option)
      expect({ code, out, err }).toEqual({ code: 1, out: '', err: expect.stringContaining("unknown option '--frmat'\n(Did you mean --format?)") })
      expect(err).not.toContain('hunter2')
    }
    const named = await workshop.file('named.json', '{"--x=y": {"a": 1}, "b": {"c": 2}}')
    expect(await vt('compile', '--json', '-e', '--x=y', named)).toMatchObject({ code: 0, out: expect.stringContaining('"a":["integer","1"]') })
    expect((await vt('compile', '--json', '--', '--x=y')).out).toContain('"file":"--x=y"')
  })

  it('takes what follows an option like a credential for no file', async () => {
    for (const option of ['--tok', '--bearer', '-password']) {
      for (const args of [
        ['compile', option, 'hunter2'],
        ['compile', '--', option, 'hunter2'],
      ]) {
        const { code, err } = await vt(...args)
        expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('[cli.secret_argument]') })
        expect(err).not.toContain('hunter2')
      }
    }
    expect(await vt('compile', '-eauth', await workshop.file('auth.json', '{"a": {"auth": 1}}'))).toMatchObject({ code: 0 })
  })

  it('tells programs of a wrong command line in a line of JSON', async () => {
    for (const args of [['compile'], ['compile', 'a.yaml', '--color'], ['compil'], ['version', 'x']]) {
      const { code, out, err } = await vt(...args, '--json')
      expect({ args, code }).toEqual({ args, code: 1 })
      expect(out.split('\n')).toHaveLength(2)
      expect(JSON.parse(out)).toEqual({
        error: { code: 'cli.usage', message: expect.any(String), file: null, line: null, column: null, remedy: 'Run vt --help.' },
      })
      expect(err).toMatch(/^error: /)
    }
    expect(JSON.parse((await vt('compile', '--json')).out)).toMatchObject({
      error: { message: "The command line is wrong: missing required argument 'file'." },
    })
    expect((await vt('compile', '--help', '--json')).code).toBe(0)
  })

  it('names the command that was meant, and shows no escapes of an argument', async () => {
    expect(await vt('compil')).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean compile?') })
    expect((await vt('\u001b[2J')).err).not.toContain('\u001b')
    expect(await vt('--help')).toMatchObject({ code: 0, out: expect.stringContaining('compile') })
  })
})
