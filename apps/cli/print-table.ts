import type { CompiledFile } from '@vartrack/engine'
import { records } from '@vartrack/sink-kit/frames'
import Table from 'cli-table3'
import { shownValue } from './release-json.js'
import { type Terminal, visible } from './terminal.js'

/** Width of the table where no terminal says its own. */
const COLUMNS = 120
/** Widest type, borders and blanks. */
const BESIDE = 20
const SHORTEST = 16

/** Prints a release for a person: a table of its entries, and its digest. */
export function printTable(file: string, release: CompiledFile, terminal: Terminal): void {
  const paint = terminal.paint.out
  const room = Math.max(SHORTEST * 2, (terminal.columns ?? COLUMNS) - BESIDE)
  const rows = Array.from(records(release.frame), (entry) => [
    shortened(visible(entry.key.toString()), Math.floor(room / 2)),
    entry.type,
    shortened(visible(shownValue(entry)), Math.ceil(room / 2)),
  ])
  const table = new Table({ head: ['key', 'type', 'value'].map((name) => paint(name, 'bold')), style: { head: [], border: [], compact: true } })
  table.push(...rows)
  const count = rows.length === 1 ? '1 entry' : `${rows.length} entries`
  terminal.out(`${paint(visible(file), 'bold')}\n${rows.length === 0 ? '' : `${table.toString()}\n`}`)
  terminal.out(`${count}, digest ${release.digest}\n`)
}

function shortened(text: string, width: number): string {
  const characters = Array.from(text)
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`
}
