/** One line of a benchmark's table: what was measured, and its raw counterpart of the same run. */
export interface Row {
  readonly name: string
  /** With its unit. */
  readonly measured: string
  /** The raw driver, parser or protocol, with its unit; `-` where there is none. */
  readonly raw: string
  /** Measured to raw, as the target counts it. */
  readonly ratio: string
  readonly target: string
  readonly met: boolean
}

/** Prints the table as Markdown, as docs/benchmarks.md holds it. */
export function printTable(rows: readonly Row[]): void {
  console.log('| what | measured | raw | ratio | target | met |\n|---|---|---|---|---|---|')
  for (const row of rows) console.log(`| ${row.name} | ${row.measured} | ${row.raw} | ${row.ratio} | ${row.target} | ${row.met ? 'yes' : 'no'} |`)
}

/** The value below which a share of the numbers lies: 0.5 is the median. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

/** Milliseconds for people. */
export function ms(number: number): string {
  return `${number < 10 ? number.toFixed(1) : number.toFixed(0)} ms`
}
