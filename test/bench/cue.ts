import { createCue } from '@vartrack/cuelang-wasm'
import { ms, percentile, printTable, type Row } from './row.js'

const SMALL = { fields: 20, rounds: 200, target: 5 }
const LARGE = { fields: 10_000, rounds: 5, target: 1000 }
/** The first call loads, compiles and starts the module; the range met on two cores was 190 to 340 ms. */
const FIRST_INSTANCE_TARGET = 500

printTable(await measure())

/** Median times of validations, and the time until CUE gives its first answer. */
async function measure(): Promise<Row[]> {
  const begun = performance.now()
  await using cue = createCue()
  await cue.evaluate('a: 1', 'first.cue')
  const first = toRow('first instance', performance.now() - begun, undefined, FIRST_INSTANCE_TARGET)
  const rows = [first]
  for (const { fields, rounds, target } of [SMALL, LARGE]) {
    const { schema, data } = makeInput(fields)
    const validate = () => cue.validate({ schema, schemaFile: 'bench.cue', data, dataFile: 'bench.json' })
    const measured = await median(rounds, validate)
    rows.push(toRow(`${fields} fields validated, warm`, measured, await median(rounds, () => JSON.parse(data)), target))
  }
  return rows
}

/** A schema of flat fields with a constraint each, and data that meets it. */
function makeInput(fields: number): { schema: string; data: string } {
  const names = Array.from({ length: fields }, (_, index) => `field_${index}`)
  const constraints = ['string', 'int & >=0', 'bool', '"blue" | "green"']
  const values = ['text', 7, true, 'green']
  return {
    schema: `#Config: {\n${names.map((name, index) => `  ${name}: ${constraints[index % 4]}`).join('\n')}\n}\n`,
    data: JSON.stringify(Object.fromEntries(names.map((name, index) => [name, values[index % 4]]))),
  }
}

async function median(rounds: number, run: () => unknown): Promise<number> {
  const times: number[] = []
  for (let round = -1; round < rounds; round += 1) {
    const begun = performance.now()
    await run()
    if (round >= 0) times.push(performance.now() - begun)
  }
  return percentile(times, 0.5)
}

/** @param raw milliseconds of JSON.parse on the same data */
function toRow(name: string, measured: number, raw: number | undefined, target: number): Row {
  const ratio = raw === undefined ? '-' : (measured / raw).toFixed(0)
  return {
    name,
    measured: ms(measured),
    raw: raw === undefined ? '-' : `${raw.toFixed(3)} ms`,
    ratio,
    target: `<= ${ms(target)}`,
    met: measured <= target,
  }
}
