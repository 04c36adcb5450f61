import { createRequire } from 'node:module'
import { parse as parseProperties } from 'dot-properties'
import { parse as parseEnv } from 'dotenv'
import { XMLParser } from 'fast-xml-parser'
import { parse as parseToml } from 'smol-toml'
import { parse as parseYaml } from 'yaml'

/** It has no types of its own. */
const { parse: parseIni } = createRequire(import.meta.url)('ini') as { parse: (text: string) => unknown }

/** The libraries, as their first page shows them. XML without attributes would be another, smaller task. */
export const BARE = {
  toml: (text: string) => parseToml(text),
  ini: (text: string) => parseIni(text),
  xml: (text: string) => new XMLParser({ ignoreAttributes: false }).parse(text) as unknown,
  // Readers of our own, beside libraries that are used for the same files.
  env: (text: string) => parseEnv(text),
  properties: (text: string) => parseProperties(text),
  yaml: (text: string) => parseYaml(text),
}

export type BareFormat = keyof typeof BARE
export const BARE_FORMATS = Object.keys(BARE) as BareFormat[]
