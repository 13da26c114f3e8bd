import { sortedQuantile } from '../stats/quantile.ts'

/**
 * The quantiles 0, 1/parts, … 1 of the finite values (`parts + 1` numbers, type 7): how a distribution is written down
 * to be held against later. Empty without a finite value.
 *
 * @example quantiles(Float64Array.of(3, 1, 2), 2) // [1, 2, 3]
 */
export function quantiles(values: Float64Array, parts: number): number[] {
  const sorted = values.filter(Number.isFinite).sort()
  if (sorted.length === 0) return []
  return Array.from({ length: parts + 1 }, (_, i) => sortedQuantile(sorted, i / parts))
}
