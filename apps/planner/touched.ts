import type { Destination } from '@vartrack/engine'

/** Did the commits touch a file of the destination? `undefined`: everything counts as changed. */
export function touched(destination: Destination, changed: ReadonlySet<string> | undefined): boolean {
  return changed === undefined || destination.files.some((file) => changed.has(file.path))
}
