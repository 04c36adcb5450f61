import { Duration, SecretReference } from '@vartrack/sink-kit'
import type { z } from 'zod'
import type { Path } from './problems.js'

type Schema = z.core.$ZodType

/** Unions that mean one thing to the operator. */
const OPAQUE: ReadonlySet<Schema> = new Set([SecretReference, Duration])

/** Every schema that a value at the path may be checked with; a credential or a duration is one schema, though it is a union. */
export function schemasAt(schema: Schema, path: Path): Schema[] {
  return path.reduce<Schema[]>((schemas, part) => schemas.flatMap((one) => childSchemas(one, part)).flatMap(unwrap), unwrap(schema))
}

/** The names of the fields an object at the path may have. */
export function knownFields(schema: Schema, path: Path): string[] {
  return schemasAt(schema, path).flatMap((one) => Object.keys(shapeOf(one)))
}

function childSchemas(schema: Schema, part: string | number): Schema[] {
  const def = definitionOf(schema)
  if (def.type === 'array') return [def.element]
  if (def.type === 'record') return [def.valueType]
  const child = shapeOf(schema)[part]
  return child ? [child] : []
}

function shapeOf(schema: Schema): Readonly<Record<string, Schema>> {
  const def = definitionOf(schema)
  return def.type === 'object' ? def.shape : {}
}

type Definition = z.core.$ZodTypes['_zod']['def']

function definitionOf(schema: Schema): Definition {
  return (schema as unknown as { readonly def: Definition }).def
}

/** Takes off what only changes the value, and opens unions. */
function unwrap(schema: Schema): Schema[] {
  if (OPAQUE.has(schema)) return [schema]
  const def = definitionOf(schema)
  if (def.type === 'pipe') return unwrap(definitionOf(def.in).type === 'transform' ? def.out : def.in)
  if (def.type === 'union') return def.options.flatMap(unwrap)
  return 'innerType' in def ? unwrap(def.innerType) : [schema]
}
