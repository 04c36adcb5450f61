import { z } from 'zod'
import { globFault } from './globs.js'

/**
 * Glob to environment. Written the other way round (environment to path) it is turned; a mixture is refused, for it could mean either.
 * Whether it was turned is told by {@link isTurned} of what was written.
 */
export const FilePathMap = z.record(z.string(), z.string().min(1)).transform((written, context) => {
  const fault = (message: string, remedy: string, path: string[], code = 'bundle.bad_path_map'): void => {
    context.addIssue({ code: 'custom', message, path, params: { code, remedy } })
  }
  const turned = Object.entries(written).filter(([key, value]) => looksTurned(key, value))
  const mixed = turned.length > 0 && turned.length < Object.keys(written).length
  if (mixed) fault('maps paths to environments and environments to paths.', 'Write every line as "glob": "environment".', [])
  const pairs = Object.entries(written).map(([key, value]) => (turned.length > 0 ? ([value, key, key] as const) : ([key, value, key] as const)))
  if (new Set(pairs.map(([glob]) => glob)).size < pairs.length) fault('gives one path to two environments.', 'Give each path once.', [])
  for (const [glob, , key] of pairs) {
    const reason = globFault(glob)
    if (reason && !mixed) fault(`is no usable glob: ${reason}.`, 'Correct the glob.', [key], 'bundle.bad_glob')
  }
  return Object.fromEntries(pairs.map(([glob, environment]) => [glob, environment]))
})

/** Was the map written as environment to path? */
export function isTurned(written: unknown): boolean {
  if (typeof written !== 'object' || written === null) return false
  const pairs = Object.entries(written)
  return pairs.length > 0 && pairs.every(([key, value]) => typeof value === 'string' && looksTurned(key, value))
}

/** A plain word (`production`) beside what can only be a path (`configs/prod/**`, `prod.yaml`). */
function looksTurned(key: string, value: string): boolean {
  return /^[\w-]+$/.test(key) && /[/*.]/.test(value)
}
