/** One thing the demo looked at. */
export interface Row {
  readonly what: string
  /** What was seen; for a failure, what was seen instead. */
  readonly seen: string
  /** How long it took, in milliseconds; absent where time says nothing. */
  readonly ms?: number
  readonly ok: boolean
}

const HEAD = ['', 'what', 'ms', 'seen'] as const

/** The rows as text, columns aligned, with a head and a last line that counts. */
export function formatTable(rows: readonly Row[]): string {
  const cells = rows.map(({ what, seen, ms, ok }) => [ok ? 'ok' : 'FAILED', what, ms === undefined ? '' : String(Math.round(ms)), seen])
  const widths = HEAD.map((head, column) => Math.max(head.length, ...cells.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 2 ? cell.padStart(widths[2] ?? 0) : cell.padEnd(widths[column] ?? 0)))
  const all = [HEAD, widths.map((width) => '-'.repeat(width)), ...cells].map((row) => line(row).join('  ').trimEnd())
  return [...all, '', summary(rows)].join('\n')
}

function summary(rows: readonly Row[]): string {
  const failed = rows.filter((row) => !row.ok).length
  return failed === 0 && rows.length > 0 ? `All ${rows.length} seen.` : `${failed} of ${rows.length} failed.`
}
