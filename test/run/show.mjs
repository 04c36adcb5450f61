import { spawn } from 'node:child_process'
import { root } from '../setup/paths.mjs'

/**
 * Runs a command in the root folder, shows what it prints as it comes, and gives it when it has ended.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env] added to this process's own
 * @returns {Promise<{ code: number | null, output: string }>}
 */
export function show(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    /** @type {(target: NodeJS.WriteStream) => (part: Buffer) => void} */
    const pass = (target) => (part) => {
      output += part.toString()
      target.write(part)
    }
    child.stdout.on('data', pass(process.stdout))
    child.stderr.on('data', pass(process.stderr))
    child.on('error', (error) => {
      console.error(error.message)
      resolve({ code: null, output })
    })
    child.on('close', (code) => resolve({ code, output }))
  })
}
