/**
 * Means of a Prometheus histogram, by one of its labels.
 * @param text what /metrics answered
 * @param prefix put before the label's value
 * @returns names and seconds
 */
export function metricMeans(text: string, metric: string, label: string, prefix: string): [string, number][] {
  const sums = samples(text, `${metric}_sum`, label)
  const counts = samples(text, `${metric}_count`, label)
  return [...sums].map(([value, sum]) => [`${prefix} ${value}`, sum / (counts.get(value) ?? 1)])
}

function samples(text: string, name: string, label: string): Map<string, number> {
  const found = new Map<string, number>()
  for (const line of text.split('\n')) {
    const match = new RegExp(`^${name}\\{.*\\b${label}="([^"]*)".*\\} (\\S+)$`).exec(line)
    if (match?.[1] !== undefined) found.set(match[1], (found.get(match[1]) ?? 0) + Number(match[2]))
  }
  return found
}
