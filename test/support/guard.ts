import { spawn } from 'node:child_process'

/**
 * Waits for a line on its input. Input that ends without one means that the owner is gone, however it went: then the process is killed and its directory removed.
 * Signals to the terminal's group are for the owner alone.
 */
const SCRIPT = 'trap "" INT TERM HUP; if read -r _; then exit 0; fi; kill -9 "$1" 2>/dev/null; if [ -n "$2" ]; then rm -rf -- "$2"; fi'

/** Watches over a process for as long as its owner (this process) lives. */
export interface Guard {
  /** To be called when the process has ended. */
  release(): void
}

/**
 * Makes sure that a process does not outlive this one, also when this one is killed.
 * @param directory removed with the process in that case
 */
export function guard(pid: number, directory = ''): Guard {
  const shell = spawn('sh', ['-c', SCRIPT, 'sh', String(pid), directory], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  shell.unref()
  shell.stdin.on('error', () => undefined)
  ;(shell.stdin as unknown as { unref(): void }).unref()
  return { release: () => void shell.stdin.end('\n') }
}
