import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Secrets that are looked for wherever nobody should find them. */
export interface Canaries {
  /** Name to value. */
  readonly values: Readonly<Record<string, string>>
  /** Names and spellings of those that a text holds: `git token (base64)`. */
  foundIn(text: string): string[]
}

/** @param values secrets of at least 12 characters, with some that URLs and JSON have to escape */
export function createCanaries(values: Readonly<Record<string, string>>): Canaries {
  const spellings = Object.entries(values).flatMap(([name, value]) =>
    Object.entries(spellingsOf(value)).map(([form, text]) => ({ label: `${name} (${form})`, text })),
  )
  return { values, foundIn: (text) => spellings.filter((one) => text.includes(one.text)).map((one) => one.label) }
}

function spellingsOf(value: string): Record<string, string> {
  const bytes = Buffer.from(value)
  const shifted = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    return [`base64 at ${offset}`, text.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + bytes.length) * 4) / 3))]
  })
  const hex = bytes.toString('hex')
  const json = JSON.stringify(value).slice(1, -1)
  const url = { url: encodeURIComponent(value), form: new URLSearchParams({ v: value }).toString().slice(2) }
  return {
    plain: value,
    ...Object.fromEntries(shifted),
    hex,
    HEX: hex.toUpperCase(),
    json,
    'json in json': JSON.stringify(json).slice(1, -1),
    ...url,
  }
}

/** The text of all files below a directory, but for those of these names. */
export async function textOfFiles(directory: string, except: readonly string[] = []): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && !except.includes(entry.name))
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'utf8').catch(() => '')))
  return texts.join('\n')
}

/** Looks at the command lines of all processes again and again, until it is told to stop; gives all it has seen. */
export function watchCommandLines(): { stop(): Promise<string> } {
  const seen = new Set<string>()
  const look = async () => {
    const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    for (const line of await Promise.all(names.map((name) => readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')))) seen.add(line)
  }
  const timer = setInterval(() => void look(), 25)
  return {
    stop: async () => {
      clearInterval(timer)
      await look()
      return [...seen].join('\n')
    },
  }
}
