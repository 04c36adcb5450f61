/** Labels and list indices from the top of the document. */
export type Path = readonly (string | number)[]

/** A path as it is written in messages: `rules[0].branch_map`. */
export function fieldName(path: Path): string {
  const name = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  return name.replace(/^\.(bundle\.)?/, '')
}
