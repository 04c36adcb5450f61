import { SINK_TYPES, type Sink, type SinkType } from '@vartrack/sink-kit'
import type { Datasource } from '../contract.js'
import { notAvailable } from '../later/not-available.js'
import { LATER_SINK_OPTIONS } from '../later/sink-options.js'
import { parseTolerantly } from '../parse-tolerantly.js'
import type { Path, Report } from '../problems.js'
import { printableOptions } from '../redact.js'
import { type Block, readBlocks } from './blocks.js'

/** The sinks there are, by type: `sinks` of `@vartrack/sinks`. */
export type SinkRegistry = Readonly<Partial<Record<SinkType, Sink>>>

/** A datasource with the code that knows its type. */
export interface KnownDatasource {
  readonly datasource: Datasource
  readonly sink: Sink
}

/** The datasources of the bundle by name; `undefined` for one with faults, so that rules may still name it. */
export function readDatasources(raw: readonly unknown[], path: Path, sinks: SinkRegistry, report: Report): Map<string, KnownDatasource | undefined> {
  const blocks = readBlocks({ raw, path, kinds: SINK_TYPES, unknownCode: 'bundle.unknown_datasource_type' }, report)
  return new Map(blocks.map((block) => [block.name, readDatasource(block, sinks, report)]))
}

function readDatasource(block: Block<SinkType>, sinks: SinkRegistry, report: Report): KnownDatasource | undefined {
  const sink = sinks[block.kind]
  if (!sink) {
    parseTolerantly(LATER_SINK_OPTIONS, { [block.kind]: block.fields }, block.path.slice(0, -1), report)
    report(notAvailable(block.path, `The datasource type ${block.kind}`))
    return undefined
  }
  const options = parseTolerantly(sink.options, block.fields, block.path, report)
  if (options === undefined) return undefined
  return { sink, datasource: { name: block.name, type: block.kind, options, printable: printableOptions(sink.options, block.fields) } }
}
