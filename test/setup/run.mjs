import { spawn } from 'node:child_process'

/** Set-up cannot go on; the message is for the person who started it, the remedy says what to do. */
export class SetupError extends Error {
  /**
   * @param {string} message one sentence
   * @param {string} [remedy] one sentence
   */
  constructor(message, remedy) {
    super(remedy ? `${message}\n  ${remedy}` : message)
    this.name = 'SetupError'
  }
}

/** Lines of a failed command's output that are shown, of its start and of its end each. */
const SHOWN_LINES = 25

/**
 * Runs a command to its end and gives its output (stdout and stderr as they came).
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options] `env` is added to this process's own
 * @returns {Promise<string>}
 * @throws {SetupError} with start and end of the output when the command fails or does not exist
 */
export async function run(command, args, options = {}) {
  const { code, signal, output } = await attempt(command, args, options)
  if (code === 0) return output
  const lines = output.trimEnd().split('\n')
  const shown = (lines.length <= 2 * SHOWN_LINES ? lines : [...lines.slice(0, SHOWN_LINES), '...', ...lines.slice(-SHOWN_LINES)]).join('\n  | ')
  const how = code ?? (signal ? `it was ended by ${signal}` : 'it could not be started')
  throw new SetupError(`\`${[command, ...args].join(' ')}\` failed (${how}):\n  | ${shown}`)
}

/**
 * Like {@link run}, but a failure is an answer.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null, output: string }>} neither code nor signal: it could not be started
 */
export function attempt(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] })
    /** @type {Buffer[]} */
    const parts = []
    child.stdout.on('data', (part) => parts.push(part))
    child.stderr.on('data', (part) => parts.push(part))
    child.on('error', (error) => resolve({ code: null, signal: null, output: error.message }))
    child.on('close', (code, signal) => resolve({ code, signal, output: Buffer.concat(parts).toString() }))
  })
}
