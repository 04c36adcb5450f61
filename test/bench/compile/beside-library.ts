// A thread that reads a file of a format by its library alone and as varTrack reads it, in turns, and tells how long both take in ms.
import { parentPort, workerData } from 'node:worker_threads'
import { parseFile } from '@vartrack/formats'
import { BARE, type BareFormat } from './bare.js'
import { inTurns } from './fastest.js'
import { sample } from './samples.js'

const { format, bytes: size } = workerData as { format: BareFormat; bytes: number }
const LIMITS = { maxFileBytes: 2 * size, maxDepth: 64, maxKeys: 1_000_000 }
const bytes = sample(format, size)
const text = bytes.toString()

const measured = await inTurns(
  () => BARE[format](text),
  () => parseFile(bytes, `bench.${format}`, { limits: LIMITS }),
  format === 'yaml' ? 3 : 10,
)
parentPort?.postMessage(measured, [])
