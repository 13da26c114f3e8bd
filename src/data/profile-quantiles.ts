import type { NumberProfile } from './types.ts'

/**
 * The profile of a distribution of which only equally spaced quantiles are known, minimum and maximum among them: a bin
 * between any two that differ, with its share of the rows.
 *
 * @param quantiles ascending, at least two, at most 126
 * @example quantileProfile('score', [0, 1, 2], 10).counts // [0, 5, 5, 0]
 */
export function quantileProfile(name: string, quantiles: readonly number[], rows: number): NumberProfile {
  const min = quantiles[0] as number
  const max = quantiles.at(-1) as number
  const share = rows / (quantiles.length - 1)
  const edges = [min - (max - min || Math.abs(max) || 1) * 1e-6]
  const counts = [0]
  quantiles.slice(1).forEach((quantile) => {
    if (quantile > (edges.at(-1) as number)) {
      edges.push(quantile)
      counts.push(0)
    }
    counts[counts.length - 1] = (counts.at(-1) as number) + share
  })
  const middles = quantiles.slice(1).map((quantile, i) => (quantile + (quantiles[i] as number)) / 2)
  const mean = middles.reduce((sum, value) => sum + value, 0) / middles.length
  const variance = middles.reduce((sum, value) => sum + (value - mean) ** 2, 0) / middles.length
  return {
    kind: 'number',
    name,
    rows,
    missing: 0,
    min,
    max,
    mean,
    sd: Math.sqrt(variance),
    edges,
    counts: [...counts, 0],
  }
}
