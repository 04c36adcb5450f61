import type { Router } from '@koa/router'
import { VarTrackError } from '@vartrack/errors'
import type { Context } from 'koa'
import type { z } from 'zod'
import type { BodyBudget } from '../body-budget.js'
import type { IngressDependencies, IngressLimits } from '../dependencies.js'
import { parseJson } from '../parse-json.js'
import { readBody } from '../read-body.js'
import { readHeaders } from '../read-headers.js'

/** What a group of routes is added to. */
export interface Api {
  readonly router: Router
  readonly dependencies: IngressDependencies
  readonly limits: IngressLimits
  readonly budget: BodyBudget
}

/**
 * The body, checked.
 * @throws VarTrackError `api.input` status 400 with every problem, and those of `readBody` and `parseJson`
 */
export async function readInput<T>(api: Api, context: Context, schema: z.ZodType<T>): Promise<T> {
  readHeaders(context.req)
  const limits = { maxBytes: api.limits.apiBodyBytes, timeoutMs: api.limits.bodyTimeoutMs, budget: api.budget }
  return check(schema, parseJson(await readBody(context.req, limits)), 'The body')
}

/**
 * The query, checked; a parameter that came twice is refused.
 * @throws VarTrackError `api.input` status 400
 */
export function readQuery<T>(context: Context, schema: z.ZodType<T>): T {
  return check(schema, { ...context.query }, 'The query')
}

/** @throws VarTrackError `api.input` status 400 */
export function check<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.slice(0, 10).map((issue) => problemIn(value, issue))
  throw new VarTrackError({
    code: 'api.input',
    message: `${what} is refused: ${problems.join('; ')}.`,
    remedy: 'docs/api.md describes the fields.',
    status: 400,
  })
}

/** zod tells of a field that is missing and of one too many in words for programmers. */
function problemIn(value: unknown, issue: z.core.$ZodIssue): string {
  const path = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') return `${path || 'it'} has no field ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`
  if (path && isMissing(value, issue.path)) return `${path} is missing`
  return `${path || 'it'}: ${issue.message}`
}

function isMissing(value: unknown, path: readonly PropertyKey[]): boolean {
  return path.reduce((at, name) => (typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined), value) === undefined
}

/** @throws VarTrackError `api.not_found` status 404 */
export function notFound(what: string): VarTrackError {
  return new VarTrackError({
    code: 'api.not_found',
    message: `${what} is not known.`,
    remedy: 'List what there is, and check the name.',
    status: 404,
  })
}
