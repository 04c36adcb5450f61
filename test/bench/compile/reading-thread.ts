// A thread that reads a file of a format in one way, several times whenever it is asked, and tells what a read took in the mean, in ms.
import { parentPort, workerData } from 'node:worker_threads'
import { parseFile } from '@vartrack/formats'
import { BARE, type BareFormat } from './bare.js'
import { meanOf } from './fastest.js'
import { sample } from './samples.js'

export interface ReadingThreadData {
  readonly format: BareFormat
  /** Of the file. */
  readonly size: number
  readonly by: 'library' | 'varTrack'
  /** In a row; default: as meanOf. */
  readonly runs?: number
}

const { format, size, by, runs } = workerData as ReadingThreadData
const LIMITS = { maxFileBytes: 2 * size, maxDepth: 64, maxKeys: 1_000_000 }
const bytes = sample(format, size)
const text = bytes.toString()
const read = { library: () => BARE[format](text), varTrack: () => parseFile(bytes, `bench.${format}`, { limits: LIMITS }) }[by]

parentPort?.on('message', () => void answer())

async function answer(): Promise<void> {
  parentPort?.postMessage(await meanOf(read, runs), [])
}
