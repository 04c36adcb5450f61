import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openVtWorkshop, type VtWorkshop, vt } from '../../test/support/run-vt.js'

let workshop: VtWorkshop

beforeAll(async () => {
  workshop = await openVtWorkshop()
})
afterAll(() => workshop[Symbol.asyncDispose]())

describe('vt bundle validate', () => {
  it('says what a good bundle holds', async () => {
    const bundle = await workshop.file('config.cue', 'bundle: {datasources: [{redis: {host: "localhost"}}], rules: []}')
    expect(await vt('bundle', 'validate', bundle)).toMatchObject({ code: 0, out: `${bundle} is valid: 0 rules, 1 datasource.\n` })
  })

  it('shows every problem at its place', async () => {
    const bundle = await workshop.file('bad.cue', 'bundle: {\n\tdatasources: [{redis: {hots: "x"}}]\n\trulse: []\n}\n')
    const { code, err } = await vt('bundle', 'validate', bundle)
    expect(code).toBe(1)
    expect(err).toContain(`${bundle}:3:2`)
    expect(err).toContain('Did you mean "rules"?')
    expect(err).toMatch(/3 \| {2}rulse: \[\]\n {2}\| {2}\^/)
  })
})
