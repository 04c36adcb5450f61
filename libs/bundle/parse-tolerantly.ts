import type { z } from 'zod'
import type { Path, Report } from './problems.js'
import { problemsOf } from './schema-problems.js'

/**
 * Checks a value, reports everything wrong with it, and goes on with the fields that are right, so that checks across fields see them.
 * @returns `undefined` when a field is wrong that the rest cannot be read without
 */
export function parseTolerantly<T>(schema: z.ZodType<T>, raw: unknown, path: Path, report: Report): T | undefined {
  const parsed = schema.safeParse(raw)
  if (parsed.success) return parsed.data
  for (const problem of problemsOf(parsed.error.issues, { schema, raw, path })) report(problem)
  return schema.safeParse(withoutFaults(raw, parsed.error.issues)).data
}

function withoutFaults(raw: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return undefined
  const faults = new Set(
    issues.flatMap((issue) => (issue.path.length > 0 ? [String(issue.path[0])] : issue.code === 'unrecognized_keys' ? issue.keys : [])),
  )
  return Object.fromEntries(Object.entries(raw).filter(([name]) => !faults.has(name)))
}
