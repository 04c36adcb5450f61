import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { SETTING_DEFAULTS } from '@vartrack/bundle/setting-defaults'
import { loadCore } from '@vartrack/core'
import { compileBytes, compileOptions } from '@vartrack/engine'
import { createParserPool, type ParserPool, parseFile, YOUNG_MB } from '@vartrack/formats'
import { ms, type Row } from '../row.js'
import { BARE_FORMATS, type BareFormat } from './bare.js'
import { buildBaseline } from './baseline.js'
import { fastest, inTurns, lagRow, meanOf } from './fastest.js'
import type { ReadingThreadData } from './reading-thread.js'
import { sample } from './samples.js'

const MEGABYTE = 1_000_000
const TARGET = 1.3
const LIMITS = { maxFileBytes: 20 * MEGABYTE, maxDepth: 64, maxKeys: 1_000_000 }
const core = loadCore()

/** 1 MB of each format to what the core takes, beside its library's bare parse; the way to a release; and what happens to the event loop meanwhile. */
export async function measureFormats(): Promise<Row[]> {
  await using parser = createParserPool({ workers: 1 })
  const rows: Row[] = []
  for (const format of BARE_FORMATS) rows.push(await libraryRow(format))
  rows.push(await hclRow())
  for (const format of [...BARE_FORMATS, 'hcl'] as const) {
    const bytes = sample(format, MEGABYTE)
    const { milliseconds, lag } = await fastest(() => release(format, bytes, parser), 5)
    rows.push(plainRow(`1 MB ${format}, bytes to release in a thread`, milliseconds), lagRow(`1 MB ${format}`, lag))
  }
  for (const kilobytes of [5, 100, 1000]) rows.push(await yamlShare(kilobytes, parser))
  return rows
}

/**
 * In threads as the product has them, for there a file of this size is read. Each way of reading has one of its own: V8 learns how long the objects of a library
 * live, and those of a whole file are long-lived where those of its parts are not.
 */
async function libraryRow(format: BareFormat): Promise<Row> {
  const [library, varTrack] = [startReading({ format, size: MEGABYTE, by: 'library' }), startReading({ format, size: MEGABYTE, by: 'varTrack' })]
  const [raw, milliseconds] = await inTurns(library.measure, varTrack.measure, format === 'yaml' ? 3 : 10)
  await Promise.all([library.end(), varTrack.end()])
  return besideRow(format, milliseconds, raw)
}

function startReading(workerData: ReadingThreadData) {
  const worker = new Worker(new URL('./reading-thread.js', import.meta.url), {
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  })
  const measure = async (): Promise<number> => {
    worker.postMessage('read', [])
    const [milliseconds] = (await once(worker, 'message')) as [number]
    return milliseconds
  }
  return { measure, end: () => worker.terminate() }
}

/** The core reads HCL on the way to a release, which is what is measured. */
async function hclRow(): Promise<Row> {
  const bytes = sample('hcl', MEGABYTE)
  const { milliseconds } = await fastest(() => release('hcl', bytes))
  return besideRow('hcl', milliseconds, buildBaseline()(bytes, 'hcl'))
}

function besideRow(format: string, milliseconds: number, raw: number): Row {
  const ratio = milliseconds / raw
  const name = `1 MB ${format}, read, beside its library`
  return { name, measured: ms(milliseconds), raw: ms(raw), ratio: `${ratio.toFixed(2)}x`, target: `<= ${TARGET}x`, met: ratio <= TARGET }
}

/** From bytes to release, and how much of it the library takes. */
async function yamlShare(kilobytes: number, parser: ParserPool): Promise<Row> {
  const bytes = sample('yaml', kilobytes * 1000)
  // Collecting garbage before them makes V8 forget what it knows of the library: of a small file it takes many runs to know it again.
  const runs = Math.max(5, 1000 / kilobytes)
  const library = startReading({ format: 'yaml', size: kilobytes * 1000, by: 'library', runs })
  const toRelease = () => meanOf(() => release('yaml', bytes, parser), runs)
  const [bare, milliseconds] = await inTurns(library.measure, toRelease, 3)
  await library.end()
  const share = `${((100 * bare) / milliseconds).toFixed(0)} %`
  return {
    name: `${kilobytes} KB yaml, bytes to release`,
    measured: ms(milliseconds),
    raw: ms(bare),
    ratio: share,
    target: 'share of the library',
    met: true,
  }
}

async function release(format: string, bytes: Buffer, parser?: ParserPool): Promise<unknown> {
  const rule = { ...SETTING_DEFAULTS, rootKey: '' }
  const options = compileOptions(rule, `bench.${format}`, 'production', { env: 'production' }, LIMITS)
  return compileBytes({ core, parser: parser ?? { parse: parseFile, locate: nowhere } }, bytes, rule, options)
}

async function nowhere(): Promise<[]> {
  return []
}

function plainRow(name: string, milliseconds: number): Row {
  return { name, measured: ms(milliseconds), raw: '-', ratio: '-', target: '-', met: true }
}
