import { VarTrackError } from '@vartrack/errors'
import type { Format } from './contract.js'

const BY_EXTENSION: Readonly<Record<string, Format>> = {
  yaml: 'yaml',
  yml: 'yaml',
  json: 'json',
  toml: 'toml',
  env: 'env',
  ini: 'ini',
  hcl: 'hcl',
  tf: 'hcl',
  tfvars: 'hcl',
  xml: 'xml',
  properties: 'properties',
}

/**
 * The format of a file: the override, else its extension, else its name (`.env`, `.env.staging`). The content is never looked at.
 * @param path path in the repository
 * @param override `format:` of the rule or `--format`: a format or one of the known extensions
 * @throws VarTrackError `format.unknown` naming what is known
 */
export function detectFormat(path: string, override?: string): Format {
  const format = override === undefined || override === '' ? formatOfName(baseName(path)) : formatOfWord(override)
  if (format !== undefined) return format
  throw new VarTrackError({
    code: 'format.unknown',
    message: override
      ? `The format ${JSON.stringify(override)} is not known.`
      : `The format of ${JSON.stringify(baseName(path))} cannot be told from its name.`,
    remedy: `Name one with \`format:\` in the rule or --format: ${[...new Set(Object.values(BY_EXTENSION))].join(', ')}. Known extensions: ${Object.keys(BY_EXTENSION).join(', ')}.`,
    place: { file: path },
  })
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}

function formatOfName(name: string): Format | undefined {
  const dot = name.lastIndexOf('.')
  const byExtension = dot < 0 ? undefined : formatOfWord(name.slice(dot + 1))
  return byExtension ?? (/^\.env(?:\.|$)/i.test(name) ? 'env' : undefined)
}

function formatOfWord(word: string): Format | undefined {
  const name = word.replace(/^\./, '').toLowerCase()
  return Object.hasOwn(BY_EXTENSION, name) ? BY_EXTENSION[name] : undefined
}
