import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openVtWorkshop, type VtWorkshop, vt } from '../../test/support/run-vt.js'

let workshop: VtWorkshop

beforeAll(async () => {
  workshop = await openVtWorkshop()
})
afterAll(() => workshop[Symbol.asyncDispose]())

describe('vt compile for a person', () => {
  it('shows keys, types and values in a table, and the digest', async () => {
    const { code, out } = await vt('compile', await workshop.file('app.json', '{"a": {"b": 1.50}, "c": "x"}'), '--env', 'production')
    expect(code).toBe(0)
    expect(out).toMatch(/a\.b +│ decimal │ 1\.50/)
    expect(out).toMatch(/2 entries, digest [0-9a-f]{64}\n/)
  })

  it('shows the line of an error with a caret below the place, and what to do', async () => {
    const path = await workshop.file('twice.yaml', 'b: 1\na: 1\n"é": {x: 1,\tx: 2}\n')
    const { code, err } = await vt('compile', path)
    expect(code).toBe(1)
    expect(err).toContain('[format.duplicate_key]')
    expect(err).toContain(`--> ${path}:3:13\n`)
    expect(err).toContain('3 | "é": {x: 1, x: 2}\n  |             ^\n')
    expect(err).toMatch(/= Keep one of them/)
  })

  it('shows the part of a long line that matters', async () => {
    const { err } = await vt('compile', await workshop.file('long.json', `{"a": "${'x'.repeat(5000)}", "b": oops}`))
    const lines = err.split('\n')
    const caret = lines.findIndex((line) => line.trim().endsWith('^'))
    expect(lines[caret - 1]?.length).toBeLessThan(120)
    expect(lines[caret - 1]?.slice(lines[caret]?.indexOf('^'))).toMatch(/^oops/)
  })

  it('lets no data move the cursor', async () => {
    const clean = await vt('compile', await workshop.file('esc.json', '{"k\\u001b[2J": "\\u001b]0;t\\u0007\\u009b\\u202e"}'))
    expect(clean.out).toContain(String.raw`\u001b]0;t\u0007\u009b\u202e`)
    const refused = await vt('compile', await workshop.file('esc.yaml', 'a: 1\n"\u001b[2J": "\u001b[2J'))
    expect(clean.out + clean.err + refused.out + refused.err).not.toMatch(/[\u001b\u009b\u202e]/)
  })

  it('goes on after a file that is refused, and fails', async () => {
    const { code, out, err } = await vt('compile', join(workshop.folder, 'none.yaml'), await workshop.file('fine.env', 'A=1\n'))
    expect({ code, shown: out.includes('1 entry'), told: err.includes('[cli.unreadable]') }).toEqual({ code: 1, shown: true, told: true })
  })
})

describe('vt compile without names of environments', () => {
  it('warns that sections beside the one that was taken count as values, and in which file', async () => {
    const mixed = await workshop.file('mixed.yaml', 'port: 1\nproduction: {host: a}\nstaging: {host: b}\n')
    const { code, out, err } = await vt('compile', mixed, '-e', 'production')
    expect({ code, shown: out.includes('staging.host') }).toEqual({ code: 0, shown: true })
    expect(err).toMatch(
      /^warning: .*\/mixed\.yaml: .* "staging" beside the section "production" counts as values\. \[env\.unnamed\]\n = Name them .*--rule/,
    )
    const rule = await workshop.file('names.json', '{"environments": ["production", "staging"]}')
    expect(await vt('compile', mixed, '-e', 'production', '--rule', rule)).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse((await vt('compile', mixed, '-e', 'production', '--json')).out)).toMatchObject({ diagnostics: [] })
  })

  it.each([
    'production: {host: a}\nstaging: {host: b}\n',
    'port: 1\nproduction: {host: {a: 1}}\n',
    'default: {db: {host: b}}\nproduction: {host: a}\n',
  ])('does not warn where no other section is left: %j', async (text) => {
    expect(await vt('compile', await workshop.file('clear.yaml', text), '-e', 'production')).toMatchObject({ code: 0, err: '' })
  })

  it('names the file of each warning', async () => {
    const [first, second] = [await workshop.file('one.yaml', 'a: {b: 1}\n'), await workshop.file('two.yaml', 'a: {b: 1}\n')]
    const { err } = await vt('compile', first, second, '-e', 'production')
    expect(err).toContain(`warning: ${first}: `)
    expect(err).toContain(`warning: ${second}: `)
  })
})

describe('vt compile with constants of a rule', () => {
  const RULE = '{"variables_map": {\n  "host": "db",\n  "password": "hunter2-{tenant}"}}'

  it('says where the one stands whose placeholder is not known, and which flag gives it, without repeating it', async () => {
    const [path, rule] = [await workshop.file('a.yaml', 'a: 1\n'), await workshop.file('constants.json', RULE)]
    const { code, out, err } = await vt('compile', path, '--rule', rule)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain('The constant "password" of variables_map names {tenant}, which is not known here. [template.unresolved]')
    expect(err).toContain(`--> ${rule}:3:3\n = Say what {tenant} stands for, with --tenant.\n`)
    expect(err).not.toContain('hunter2')
    const { error } = JSON.parse((await vt('compile', path, '--rule', rule, '--json')).out) as { error: object }
    expect(error).toMatchObject({ code: 'template.unresolved', file: rule, line: 3, column: 3 })
    expect(await vt('compile', path, '--rule', rule, '--tenant', 'acme')).toMatchObject({ code: 0, out: expect.stringContaining('hunter2-acme') })
  })

  it('says so of each placeholder', async () => {
    for (const [name, remedy] of [
      ['repo', 'with --repo.'],
      ['branch', 'with --branch.'],
      ['tag', 'vt knows no {tag}; take the constant out to see the rest.'],
    ]) {
      const rule = await workshop.file('one.json', `{"variables_map": {"a": "{${name}}"}}`)
      expect((await vt('compile', await workshop.file('a.yaml', 'a: 1\n'), '--rule', rule)).err).toContain(remedy)
    }
  })

  it.each(['{"variables_map": {"pw": "hunter2"}, "arays": 1}', '{"variable_map": {"pw": "hunter2"}}', '{"arays": "hunter2"}'])(
    'shows no line of the rule: %s',
    async (rule) => {
      const { err } = await vt('compile', await workshop.file('a.yaml', 'a: 1\n'), '--rule', await workshop.file('bad.json', rule))
      expect(err).toMatch(/bundle\.unknown_field\]\n *--> .*bad\.json:1:\d+\n = Did you mean/)
      expect(err).not.toContain('hunter2')
    },
  )
})

describe('vt compile --json', () => {
  it('keeps the order of the keys, numbers among them', async () => {
    const { out } = await vt('compile', await workshop.file('order.json', '{"10": 1, "9": 2, "a": null, "01": {}}'), '--json', '-e', 'production')
    expect(out).toContain('{"entries":{"01":["map","{}"],"10":["integer","1"],"9":["integer","2"],"a":["null",""]},"digest":"')
    expect(out.split('\n')).toHaveLength(2)
  })

  it('shows no character that a terminal obeys, hides or ends a line at, and says the same', async () => {
    const key = '\u009b2J\u202e\u2028\u200b\u{e0041}é'
    const { out } = await vt('compile', await workshop.file('unseen.json', JSON.stringify({ [key]: key })), '--json')
    expect(out).not.toMatch(/[\u009b\u202e\u2028\u200b\u{e0041}]/u)
    expect(JSON.parse(out)).toMatchObject({ entries: { [key]: ['string', key] } })
  })

  it('gives a line to each file when the rule is wrong', async () => {
    const rule = await workshop.file('wrong.json', '{"branch_mop": {}}')
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
    const large = await workshop.file('large.json', Buffer.alloc(11 * 1024 * 1024, ' '))
    expect(JSON.parse((await vt('compile', large, '--json')).out)).toMatchObject({ error: { code: 'limit.bytes', file: large, line: 1 } })
    const schema = await vt('validate', await workshop.file('small.json', '{}'), '--schema', large, '--json')
    expect(JSON.parse(schema.out)).toMatchObject({ error: { code: 'limit.bytes', remedy: expect.stringContaining('Make the schema smaller') } })
    expect(JSON.parse((await vt('compile', workshop.folder, '--json')).out)).toMatchObject({ error: { code: 'cli.unreadable', line: null } })
  })
})
