import type { Destination } from '@vartrack/engine'

/** Did the commits touch a file of the destination? `undefined`: everything counts as changed. */
export function touched(destination: Destination, changed: readonly string[] | undefined): boolean {
  if (changed === undefined) return true
  const paths = new Set(changed)
  return destination.files.some((file) => paths.has(file.path))
}
