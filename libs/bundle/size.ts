const SIZES: Readonly<Record<string, number>> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }

/**
 * Bytes of a size: a whole number, or one with a unit (`10MiB`, `500KB`).
 * @returns `undefined` for what is no size, or is zero
 */
export function parseSize(size: string | number): number | undefined {
  const match = /^(\d+)(B|[KMG]i?B)?$/.exec(String(size))
  const bytes = match ? Number(match[1]) * (SIZES[match[2] ?? 'B'] as number) : 0
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined
}
