import { suggestName } from '../nearest-name.js'
import { fieldName, type Path, type Report } from '../problems.js'

/** One element of a list such as `platforms`: `{github: {tag: "x", ...}}`. */
export interface Block<Kind extends string> {
  readonly kind: Kind
  /** The kind, or `kind-tag`. */
  readonly name: string
  readonly fields: Readonly<Record<string, unknown>>
  /** Of the fields. */
  readonly path: Path
}

/** What is read. */
export interface BlockList<Kind extends string> {
  readonly raw: readonly unknown[]
  readonly path: Path
  readonly kinds: readonly Kind[]
  /** Code of a kind that is not known. */
  readonly unknownCode: string
}

/** The blocks that can be told; the others, and names given twice, are reported. */
export function readBlocks<Kind extends string>(list: BlockList<Kind>, report: Report): Block<Kind>[] {
  const blocks = list.raw.flatMap((raw, index) => readBlock(raw, [...list.path, index], list, report))
  reportDuplicates(blocks, report)
  return blocks
}

function readBlock<Kind extends string>(raw: unknown, path: Path, list: BlockList<Kind>, report: Report): Block<Kind>[] {
  const keys = isMap(raw) ? Object.keys(raw) : []
  const [kind = ''] = keys
  const remedy = `Write one of ${list.kinds.join(', ')}, with its fields.`
  if (!isMap(raw) || keys.length !== 1) {
    report({ code: 'bundle.bad_block', message: `${fieldName(path)} must name exactly one kind.`, remedy, path })
    return []
  }
  const known = list.kinds.find((candidate) => candidate === kind)
  const fields = raw[kind]
  if (known === undefined) {
    report({
      code: list.unknownCode,
      message: `${fieldName(path)} is of a kind nobody knows: ${kind}.`,
      remedy: suggestName(kind, list.kinds),
      path: [...path, kind],
    })
  } else if (isMap(fields)) {
    return [{ kind: known, name: blockName(kind, fields.tag), fields, path: [...path, kind] }]
  } else {
    report({
      code: 'bundle.wrong_type',
      message: `${fieldName([...path, kind])} must be a map.`,
      remedy: 'Write its fields in braces.',
      path: [...path, kind],
    })
  }
  return []
}

function blockName(kind: string, tag: unknown): string {
  return typeof tag === 'string' && tag !== '' ? `${kind}-${tag}` : kind
}

/** Reports every name that an earlier one of the list has already. */
export function reportDuplicates(named: readonly { readonly name: string; readonly path: Path }[], report: Report): void {
  const seen = new Set<string>()
  for (const { name, path } of named) {
    if (seen.has(name)) {
      report({
        code: 'bundle.duplicate_name',
        message: `${fieldName(path)}: the name "${name}" is taken.`,
        remedy: 'Give each its own tag or name.',
        path,
      })
    }
    seen.add(name)
  }
}

/** Is it a JSON object? */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
