import { type Alias, isAlias, isCollection, isMap, isScalar, type ParsedNode } from 'yaml'
import type { ParseLimits } from './contract.js'
import { refuse, type SourceText } from './source-text.js'

/** A file may always grow by this many values through its aliases, and by ten times its own size; a bomb grows by powers. */
const FREE_GROWTH = 10_000
const GROWTH_FACTOR = 10

type Target = Exclude<ParsedNode, Alias.Parsed>

/** What each alias of a document stands for. */
export interface Anchors {
  target(alias: Alias.Parsed): Target
}

interface Size {
  readonly nodes: number
  readonly characters: number
}

interface Survey {
  readonly source: SourceText
  readonly named: Map<string, Target>
  /** Sizes of finished nodes, aliases counted with all they stand for. */
  readonly sizes: Map<Target, Size>
  readonly targets: Map<Alias.Parsed, Target>
  readonly added: { aliases: number; nodes: number; characters: number }
}

/**
 * Resolves every alias to the last anchor of its name before it, and adds up what the aliases would become without building it.
 * @throws VarTrackError `format.unsafe` for an alias without anchor, one inside its own anchor, and aliases that multiply out of proportion
 */
export function resolveAnchors(root: ParsedNode, source: SourceText, limits: ParseLimits): Anchors {
  const survey: Survey = { source, named: new Map(), sizes: new Map(), targets: new Map(), added: { aliases: 0, nodes: 0, characters: 0 } }
  const own = visit(root, survey, {
    nodes: Math.min(limits.maxKeys, FREE_GROWTH + GROWTH_FACTOR * source.text.length),
    characters: limits.maxFileBytes,
  })
  // An alias is written, and so a value of the file's own.
  const written = own.nodes - survey.added.nodes + survey.added.aliases
  const allowed = Math.min(limits.maxKeys, FREE_GROWTH + GROWTH_FACTOR * written)
  if (survey.added.nodes > allowed) throw aliasBomb(source, root.range[0])
  return {
    target: (alias) => {
      const target = survey.targets.get(alias)
      if (target === undefined) throw new Error('an alias was not surveyed')
      return target
    },
  }
}

function visit(node: ParsedNode | null, survey: Survey, allowed: Size): Size {
  if (node === null) return { nodes: 1, characters: 0 }
  if (isAlias(node)) return visitAlias(node, survey, allowed)
  if (node.anchor !== undefined) survey.named.set(node.anchor, node)
  const size = isCollection(node) ? sizeOfItems(node, survey, allowed) : { nodes: 1, characters: isScalar(node) ? node.source.length : 0 }
  if (node.anchor !== undefined) survey.sizes.set(node, size)
  return size
}

function sizeOfItems(node: Exclude<Target, { value: unknown }>, survey: Survey, allowed: Size): Size {
  const children = isMap(node) ? node.items.flatMap((pair) => [pair.key, pair.value]) : node.items
  let nodes = 1
  let characters = 0
  for (const child of children) {
    const size = visit(child, survey, allowed)
    nodes += size.nodes
    characters += size.characters
  }
  return { nodes, characters }
}

function visitAlias(alias: Alias.Parsed, survey: Survey, allowed: Size): Size {
  const target = survey.named.get(alias.source)
  if (target === undefined) throw aliasError(survey.source, alias, 'The alias has no anchor before it.')
  const size = survey.sizes.get(target)
  if (size === undefined) throw aliasError(survey.source, alias, 'The alias lies inside its own anchor.')
  survey.targets.set(alias, target)
  survey.added.aliases += 1
  survey.added.nodes += size.nodes
  survey.added.characters += size.characters
  const tooMuch = survey.added.nodes > allowed.nodes || survey.added.characters > allowed.characters
  if (tooMuch) throw aliasBomb(survey.source, alias.range[0])
  return size
}

/** Without the name: it may be a text that was not put in quotes. */
function aliasError(source: SourceText, alias: Alias.Parsed, message: string) {
  return refuse(source, alias.range[0], {
    code: 'format.unsafe',
    message,
    remedy: 'Correct the alias, or write the value itself; a text that begins with `*` goes in quotes.',
  })
}

function aliasBomb(source: SourceText, at: number) {
  return refuse(source, at, {
    code: 'format.unsafe',
    message: 'The aliases of this file multiply into far more values than it holds.',
    remedy: 'Write the values themselves instead of aliases of aliases.',
  })
}
