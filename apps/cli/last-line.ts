import { writeSync } from 'node:fs'
import { describeError } from '@vartrack/errors'
import { visible } from './terminal.js'

/** File descriptor of stderr. */
const STDERR = 2

/** Ends the program for an error that nobody caught: one line for a person, never a stack, and exit code 1. */
export function endWithLine(error: unknown): never {
  try {
    // Not by way of the stream: the process ends before that has written, and it may be what failed.
    writeSync(STDERR, `error: ${visible(describeError(error))}\n`)
  } catch {
    // There is nowhere left to say it; the exit code does.
  }
  process.exit(1)
}
