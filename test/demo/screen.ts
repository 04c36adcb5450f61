/** What the demo prints to. */
export interface Screen {
  /** A sentence with the time of day, and indented lines below it. */
  readonly say: (sentence: string, details?: readonly string[]) => void
  /** A headline between what happens. */
  readonly announce: (what: string) => void
  /** Text as it is. */
  readonly print: (text: string) => void
}

/** @param write prints one line */
export function createScreen(write: (line: string) => void): Screen {
  return {
    say(sentence, details = []) {
      write(`${new Date().toTimeString().slice(0, 8)}  ${harmless(sentence)}`)
      for (const detail of details) write(`${' '.repeat(14)}${harmless(detail)}`)
    },
    announce: (what) => write(`\n== ${what}`),
    print: write,
  }
}

/** A value or a branch may hold escape sequences; a terminal must not act on them. */
function harmless(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
