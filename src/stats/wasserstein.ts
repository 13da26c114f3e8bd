import type { Distance } from './distance.ts'

/** Where the bins lie. Bin i holds edges[i−1] < x ≤ edges[i]; the outer ones are open. */
export interface BinnedScale {
  readonly edges: ArrayLike<number>
  /** Values lie on the edges; otherwise evenly within a bin. */
  readonly discrete?: boolean | undefined
}

/** Rows by bin, and how far those of the open bins lie beyond the outer edges: Σ (e₀ − x) and Σ (x − e_last). */
export interface BinnedSample {
  readonly counts: ArrayLike<number>
  readonly below?: number | undefined
  readonly above?: number | undefined
}

/**
 * Wasserstein-1 distance ∫ |F − G| dx of two samples counted on the same bins, in the values' own unit. Exact at the
 * edges and linear between them: within a bin's width of that of the raw samples, times the share of rows in the bin;
 * exact where values lie on the edges. Divide by the reference's standard deviation for a number without a unit.
 *
 * `ifUnchanged` = √(1/n + 1/m)·√(2/π)·∫ √(H(1 − H)) dx, H the pooled distribution: the mean of ∫ |F − G| of two samples
 * of one distribution, for at every x the difference is about normal.
 *
 * @example wassersteinOnBins({edges: [0, 1, 2, 3], discrete: true}, {counts: [0, 1, 1, 0, 0]}, {counts: [0, 0, 0, 2, 0]}).value // 1.5
 */
export function wassersteinOnBins(scale: BinnedScale, reference: BinnedSample, current: BinnedSample): Distance {
  const n = total(reference.counts)
  const m = total(current.counts)
  const { edges } = scale
  if (n === 0 || m === 0 || edges.length === 0) return { value: 0, ifUnchanged: 0 }
  let value = Math.abs((current.below ?? 0) / m - (reference.below ?? 0) / n)
  value += Math.abs((current.above ?? 0) / m - (reference.above ?? 0) / n)
  let noise = 0
  let before = 0
  let now = 0
  let lastDifference = 0
  let lastSpread = 0
  for (let i = 0; i < edges.length; i++) {
    before += reference.counts[i] ?? 0
    now += current.counts[i] ?? 0
    const difference = before / n - now / m
    const pooled = (before + now) / (n + m)
    const spread = Math.sqrt(Math.max(0, pooled * (1 - pooled)))
    if (i > 0) {
      const width = (edges[i] as number) - (edges[i - 1] as number)
      value += width * (scale.discrete ? Math.abs(lastDifference) : meanSize(lastDifference, difference))
      noise += width * (scale.discrete ? lastSpread : (lastSpread + spread) / 2)
    }
    lastDifference = difference
    lastSpread = spread
  }
  return { value, ifUnchanged: Math.sqrt((1 / n + 1 / m) * (2 / Math.PI)) * noise }
}

/** Mean of |x| along the line from a to b. */
function meanSize(a: number, b: number): number {
  const sizes = Math.abs(a) + Math.abs(b)
  if (a * b >= 0) return sizes / 2
  return (a * a + b * b) / (2 * sizes)
}

/**
 * The same distance of two raw samples without NaN; sorted copies inside. As scipy's `wasserstein_distance`.
 *
 * @example wassersteinDistance([0, 1, 3], [5, 6, 8]) // 5
 */
export function wassersteinDistance(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const x = Float64Array.from(first).sort()
  const y = Float64Array.from(second).sort()
  if (x.length === 0 || y.length === 0) return 0
  let distance = 0
  let i = 0
  let j = 0
  let at = Math.min(x[0] as number, y[0] as number)
  while (i < x.length || j < y.length) {
    const next = Math.min(x[i] ?? Infinity, y[j] ?? Infinity)
    const difference = Math.abs(i / x.length - j / y.length)
    if (difference > 0) distance += difference * (next - at)
    at = next
    while (i < x.length && x[i] === at) i++
    while (j < y.length && y[j] === at) j++
  }
  return distance
}

function total(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] as number
  return sum
}
