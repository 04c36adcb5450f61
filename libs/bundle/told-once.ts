import { fieldName, type Path } from './field-name.js'

/** What is wrong with the value at a path; the message begins with the name of the field. */
interface Fault {
  readonly code: string
  readonly message: string
  readonly path: Path
  readonly place: { readonly line?: number; readonly column?: number }
}

/**
 * One mistake in what several elements are made of (`[{_shared}, {_shared}]`) is found in each of them, at one place of the source: it is told of the first,
 * with the names of the others.
 */
export function toldOnce<T extends Fault>(faults: readonly T[]): T[] {
  const alike = new Map<string, T[]>()
  for (const fault of faults) {
    const key = sameMistake(fault)
    const known = alike.get(key)
    if (known) known.push(fault)
    else alike.set(key, [fault])
  }
  return [...alike.values()].flatMap(([first, ...others]) => (first === undefined ? [] : others.length === 0 ? first : withOthers(first, others)))
}

/** The same but for the indices of the lists it lies in. */
function sameMistake({ code, message, path, place }: Fault): string {
  const name = fieldName(path)
  const said = message.startsWith(name) ? message.slice(name.length) : message
  return JSON.stringify([place.line, place.column, code, path.map((part) => (typeof part === 'number' ? '*' : part)), said])
}

/** How many of the others are named. */
const MOST_NAMED = 3

function withOthers<T extends Fault>(first: T, others: readonly T[]): T {
  const names = others.slice(0, MOST_NAMED).map(({ path }) => fieldName(path))
  const more = others.length > names.length ? [`${others.length - names.length} more`] : []
  const listed = [...names, ...more]
  const last = listed.pop()
  return { ...first, message: `${first.message} The same in ${listed.length > 0 ? `${listed.join(', ')} and ${last}` : last}.` }
}
