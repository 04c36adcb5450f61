import { execFile, execFileSync, type StdioOptions, spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import manifest from './package.json' with { type: 'json' }
import { readInput } from './read-input.js'
import type { Terminal } from './terminal.js'
import { VERSION } from './version.js'
import { runVt } from './vt.js'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vartrack-vt-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, content: string | Buffer): Promise<string> {
  await writeFile(join(folder, name), content)
  return join(folder, name)
}

const plain = (text: string) => text

async function vt(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' }
  const terminal: Terminal = {
    out: (text) => {
      written.out += text
    },
    err: (text) => {
      written.err += text
    },
    paint: { out: plain, err: plain },
    columns: 80,
  }
  const code = await runVt(args, terminal)
  return { code, ...written }
}

describe('vt in a checkout', () => {
  it('says what to do where it is not built yet', async () => {
    const alone = await file('bin.mjs', '')
    await copyFile(join(import.meta.dirname, 'bin.mjs'), alone)
    const said = await new Promise((resolve) =>
      execFile(process.execPath, [alone, 'version'], (error, out, err) => resolve({ code: error?.code, out, err })),
    )
    expect(said).toEqual({ code: 1, out: '', err: expect.stringMatching(/^vt is not built.*npm run setup.*\n$/) })
  })
})

describe('vt compile for a person', () => {
  it('shows keys, types and values in a table, and the digest', async () => {
    const { code, out } = await vt('compile', await file('app.json', '{"a": {"b": 1.50}, "c": "x"}'), '--env', 'production')
    expect(code).toBe(0)
    expect(out).toMatch(/a\.b +│ decimal │ 1\.50/)
    expect(out).toMatch(/2 entries, digest [0-9a-f]{64}\n/)
  })

  it('shows the line of an error with a caret below the place, and what to do', async () => {
    const path = await file('twice.yaml', 'b: 1\na: 1\n"é": {x: 1,\tx: 2}\n')
    const { code, err } = await vt('compile', path)
    expect(code).toBe(1)
    expect(err).toContain('[format.duplicate_key]')
    expect(err).toContain(`--> ${path}:3:13\n`)
    expect(err).toContain('3 | "é": {x: 1, x: 2}\n  |             ^\n')
    expect(err).toMatch(/= Keep one of them/)
  })

  it('shows the part of a long line that matters', async () => {
    const { err } = await vt('compile', await file('long.json', `{"a": "${'x'.repeat(5000)}", "b": oops}`))
    const lines = err.split('\n')
    const caret = lines.findIndex((line) => line.trim().endsWith('^'))
    expect(lines[caret - 1]?.length).toBeLessThan(120)
    expect(lines[caret - 1]?.slice(lines[caret]?.indexOf('^'))).toMatch(/^oops/)
  })

  it('lets no data move the cursor', async () => {
    const clean = await vt('compile', await file('esc.json', '{"k\\u001b[2J": "\\u001b]0;t\\u0007\\u009b\\u202e"}'))
    expect(clean.out).toContain(String.raw`\u001b]0;t\u0007\u009b\u202e`)
    const refused = await vt('compile', await file('esc.yaml', 'a: 1\n"\u001b[2J": "\u001b[2J'))
    expect(clean.out + clean.err + refused.out + refused.err).not.toMatch(/[\u001b\u009b\u202e]/)
  })

  it('goes on after a file that is refused, and fails', async () => {
    const { code, out, err } = await vt('compile', join(folder, 'none.yaml'), await file('fine.env', 'A=1\n'))
    expect({ code, shown: out.includes('1 entry'), told: err.includes('[cli.unreadable]') }).toEqual({ code: 1, shown: true, told: true })
  })
})

describe('vt compile --json', () => {
  it('keeps the order of the keys, numbers among them', async () => {
    const { out } = await vt('compile', await file('order.json', '{"10": 1, "9": 2, "a": null, "01": {}}'), '--json', '-e', 'production')
    expect(out).toContain('{"entries":{"01":["map","{}"],"10":["integer","1"],"9":["integer","2"],"a":["null",""]},"digest":"')
    expect(out.split('\n')).toHaveLength(2)
  })

  it('shows no character that a terminal obeys, hides or ends a line at, and says the same', async () => {
    const key = '\u009b2J\u202e\u2028\u200b\u{e0041}é'
    const { out } = await vt('compile', await file('unseen.json', JSON.stringify({ [key]: key })), '--json')
    expect(out).not.toMatch(/[\u009b\u202e\u2028\u200b\u{e0041}]/u)
    expect(JSON.parse(out)).toMatchObject({ entries: { [key]: ['string', key] } })
  })

  it('gives a line to each file when the rule is wrong', async () => {
    const rule = await file('wrong.json', '{"branch_mop": {}}')
    const { code, out } = await vt('compile', 'a.yaml', 'b.yaml', '--rule', rule, '--json')
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { error: { code: string; others: { remedy: string }[] } })
    expect(code).toBe(1)
    expect(lines.map(({ error }) => [error.code, error.others[0]?.remedy])).toEqual(
      Array.from({ length: 2 }, () => ['rule.invalid', 'Did you mean "branch_map"?']),
    )
  })

  it('refuses a file over the limit without reading it, and what is no file', async () => {
    const large = await file('large.json', Buffer.alloc(11 * 1024 * 1024, ' '))
    expect(JSON.parse((await vt('compile', large, '--json')).out)).toMatchObject({ error: { code: 'limit.bytes', file: large, line: 1 } })
    const schema = await vt('validate', await file('small.json', '{}'), '--schema', large, '--json')
    expect(JSON.parse(schema.out)).toMatchObject({ error: { code: 'limit.bytes', remedy: expect.stringContaining('Make the schema smaller') } })
    expect(JSON.parse((await vt('compile', folder, '--json')).out)).toMatchObject({ error: { code: 'cli.unreadable', line: null } })
  })
})

/** The built program as a process of its own, its output where a shell would have sent it. */
function spawned(args: readonly string[], stdio: StdioOptions = 'pipe') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'dist', 'main.js'), ...args], { stdio, encoding: 'utf8' })
  return { status, stdout, stderr }
}

describe.skipIf(process.platform !== 'linux')('vt where the system fails', () => {
  it('gives its line to a file that fails while it is read, and goes on', async () => {
    const { status, stdout, stderr } = spawned(['compile', '/proc/self/mem', await file('next.json', '{"a": 1}'), '--json'])
    const lines = stdout.trimEnd().split('\n')
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { error: expect.objectContaining({ code: 'cli.unreadable', file: '/proc/self/mem' }) },
      expect.objectContaining({ entries: { a: ['integer', '1'] } }),
    ])
  })

  it('refuses a file that says it is empty and is not, when it comes to the limit', async () => {
    await expect(readInput('/proc/self/maps', 'file', 1000)).rejects.toMatchObject({ code: 'limit.bytes' })
    expect(await readInput('/proc/sys/kernel/ostype', 'file', 6)).toEqual(Buffer.from('Linux\n'))
  })

  it.each([[['compile', '--json']], [['compile']], [['version']], [['--help']]])('says in one line that nothing can be written: %j', async (args) => {
    const full = openSync('/dev/full', 'w')
    const files = args[0] === 'compile' ? [await file('full.json', '{"a": 1}')] : []
    const { status, stderr } = spawned([...args, ...files], ['ignore', full, 'pipe'])
    expect(status).toBe(1)
    expect(stderr).toMatch(/^error: The output cannot be written: no space is left\. .* \[cli\.unwritable\]\n$/m)
    expect(stderr).not.toMatch(/^ +at /m)
    expect(spawned([...args, ...files], ['ignore', full, full])).toMatchObject({ status: 1 })
    closeSync(full)
  })
})

describe('vt with a pipe in place of a file', () => {
  it('refuses it at once, although nobody writes into it', async () => {
    const pipe = join(folder, 'pipe.yaml')
    execFileSync('mkfifo', [pipe])
    expect(await vt('compile', pipe)).toMatchObject({ code: 1, err: expect.stringContaining('it is no regular file') })
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
    expect(await vt('compile', '-eauth', await file('auth.json', '{"a": {"auth": 1}}'))).toMatchObject({ code: 0 })
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

describe('vt bundle validate', () => {
  it('says what a good bundle holds', async () => {
    const bundle = await file('config.cue', 'bundle: {datasources: [{redis: {host: "localhost"}}], rules: []}')
    expect(await vt('bundle', 'validate', bundle)).toMatchObject({ code: 0, out: `${bundle} is valid: 0 rules, 1 datasource.\n` })
  })

  it('shows every problem at its place', async () => {
    const bundle = await file('bad.cue', 'bundle: {\n\tdatasources: [{redis: {hots: "x"}}]\n\trulse: []\n}\n')
    const { code, err } = await vt('bundle', 'validate', bundle)
    expect(code).toBe(1)
    expect(err).toContain(`${bundle}:3:2`)
    expect(err).toContain('Did you mean "rules"?')
    expect(err).toMatch(/3 \| {2}rulse: \[\]\n {2}\| {2}\^/)
  })
})

describe('the source lines that vt shows', () => {
  const SCHEMA = '#Config: db: {password: string & =~"^[A-Z]+$" @secret(), port: int}\n'

  it('hold no secret of the schema: its own line, one beside another field, one over several lines', async () => {
    const files = await Promise.all([
      file('own.yaml', 'db:\n  password: hunter2\n  port: x\n'),
      file('beside.json', '{"db":{"password":"HUNTER","port":"x", "was": "hunter2"}}'),
      file('block.yaml', 'db: {password: "HUN\n  hunter2", port: x}\n'),
      file('slices.yaml', 'db:\n  port: x\n  password: {production: A, default: hunter2}\n'),
    ])
    for (const command of ['validate', 'compile']) {
      const { err, code } = await vt(command, ...files, '--schema', await file('sec.cue', SCHEMA), '-e', 'production')
      expect(code).toBe(1)
      for (const path of files) expect(err).toContain(`--> ${path}:`)
      expect(err).not.toMatch(/hunter2|HUN/)
    }
  })

  it('are there for a field whose message says them anyway', async () => {
    const { err } = await vt('validate', await file('port.yaml', 'db:\n  password: hunter2\n  port: x\n'), '--schema', await file('sec.cue', SCHEMA))
    expect(err).toContain('3 |   port: x\n  |   ^\n')
    expect(err).not.toContain('hunter2')
  })

  it('hold no secret of a file that cannot be read as its format, when its schema marks secrets', async () => {
    const broken = await file('broken.json', '{"db": {"password": "hunter2", "port": oops}}')
    const { err } = await vt('validate', broken, '--schema', await file('sec.cue', SCHEMA))
    expect(err).toContain(`[format.syntax]\n--> ${broken}:1:40\n`)
    expect(err).not.toContain('hunter2')
    const open = await vt('validate', broken, '--schema', await file('open.cue', '#Config: {...}'))
    expect(open.err).toContain('"port": oops')
  })

  it('hold no default of a schema that marks secrets', async () => {
    const schema = await file('default.cue', '#Config: {pw: *"hunter2" | string @secret(), : }')
    const { err } = await vt('validate', await file('pw.yaml', 'pw: a\n'), '--schema', schema)
    expect(err).toContain('[cue.syntax]')
    expect(err).not.toContain('hunter2')
  })

  it.each([
    'bundle: {platforms: [{github: {endpoint: "https://x", secret: "hunter2" & "hunter3"}}]}',
    'bundle: {platforms: [{github: {secret: "hunter2", tiemout: "5s"}}], rules: []}',
    '_pw: "hunter2"\nbundle: {rulse: [], _x: "hunter2"}',
    'bundle: {datasources: [{mongo: {uri: "mongodb://u:hunter2@h"}}]}',
    'bundle: {rulse: []} // hunter2',
    'bundle: {auth: {tokens: [{name: "a", sha256: "hunter2"}]}}',
    'bundle: {platforms: [{github: {secret: "hunter2" ]',
  ])('hold no credential of a bundle: %s', async (source) => {
    const { err, code } = await vt('bundle', 'validate', await file('credentials.cue', source))
    expect(code).toBe(1)
    expect(err).toMatch(/credentials\.cue:\d/)
    expect(err).not.toContain('hunter')
  })
})

describe('vt validate', () => {
  const SCHEMA = '#Config: {\n  host: string\n  port: int & >0 & <65536\n  password: string @secret()\n}\n'

  it('shows every violation in the file, with the place in the schema', async () => {
    const schema = await file('app.cue', SCHEMA)
    const path = await file('wrong.yaml', 'vartrack:\n  production:\n    host: 12\n    port: 70000\n    password: hunter2\n    extra: 1\n')
    const { code, err, out } = await vt('validate', path, '--schema', schema, '--env', 'production')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    for (const place of ['3:5', '4:5', '6:5']) expect(err).toContain(`${path}:${place}\n`)
    expect(err).toContain(`what ${schema}:2:3 asks of it`)
    expect(err).not.toContain('hunter2')
  })

  it('gives one line of JSON to each file', async () => {
    const schema = await file('app.cue', SCHEMA)
    const good = await file('good.yaml', 'host: a\nport: 1\npassword: hunter2\n')
    const { code, out } = await vt('validate', good, await file('bad.env', 'host=a\n'), '--schema', schema, '--json')
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
    const schema = await file('app.cue', SCHEMA)
    const { out } = await vt('validate', await file('one.yaml', 'host: a\nport: x\npassword: b\n'), '--schema', schema, '--json')
    const violation = { code: 'schema.violation', message: expect.stringContaining('port: '), line: 2, column: 1 }
    expect(JSON.parse(out)).toMatchObject({
      error: { ...violation, others: [{ ...violation, field: 'port', expected: expect.any(String), got: '"x"', schema: `${schema}:3:3` }] },
    })
    expect(Object.keys(JSON.parse(out) as object)).toEqual(['error'])
  })

  it('searches a folder as a registry is searched, and says when no schema governs a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vartrack-schemas-'))
    await writeFile(join(folder, 'good.cue'), SCHEMA)
    const [good, other] = [await file('good.yaml', 'host: a\nport: 1\npassword: x\n'), await file('other.yaml', 'a: 1\n')]
    const { code, out } = await vt('validate', good, other, '--schema', folder)
    await rm(folder, { recursive: true })
    expect({ code, out }).toEqual({ code: 0, out: `${good} meets ${folder}/good.cue\n${other} can be read; no schema governs it\n` })
  })

  it('warns only, where the rule is not strict, and compile masks what is secret', async () => {
    const schema = await file('app.cue', SCHEMA)
    const lenient = await file('lenient.json', '{"strict_validation": false}')
    const { code, out } = await vt('compile', await file('few.yaml', 'password: hunter2\n'), '--schema', schema, '--rule', lenient, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ entries: { password: ['string', '***'] }, diagnostics: [{}, { code: 'schema.violation' }, {}] })
  })

  it('says of a file that it does not meet its schema, where the rule lets it pass', async () => {
    const [schema, lenient, few] = [
      await file('app.cue', SCHEMA),
      await file('lenient.json', '{"strict_validation": false}'),
      await file('few.yaml', 'host: a\n'),
    ]
    const { code, out } = await vt('validate', few, '--schema', schema, '--rule', lenient)
    expect({ code, out }).toEqual({ code: 0, out: `${few} does not meet ${schema}; its rule is not strict and lets it pass\n` })
  })

  it('says with the violations that no environments were named, until a rule names them', async () => {
    const [schema, chosen] = [
      await file('host.cue', '#Config: db: host: string'),
      await file('chosen.yaml', 'db:\n  host: {production: a, default: b}\n'),
    ]
    const args = ['validate', chosen, '--schema', schema, '--env', 'production']
    expect(await vt(...args)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^warning: .*env\.unsliced.*\n = No environments are named .*--rule/),
    })
    expect(await vt(...args, '--rule', await file('named.json', '{"environments": ["production"]}'))).toMatchObject({ code: 0, err: '' })
  })

  it('needs a schema, and refuses one that is wrong', async () => {
    expect(await vt('validate', 'a.yaml')).toMatchObject({ code: 1, err: expect.stringContaining('[cli.no_schema]') })
    const schema = await file('broken.cue', '#Config: {')
    const { code, err } = await vt('validate', await file('any.yaml', 'a: 1\n'), '--schema', schema)
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/\[cue\.syntax\][^]* = Correct the schema\.\n/) })
  })
})
