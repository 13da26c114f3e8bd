/**
 * The p-quantile of ascending values by linear interpolation between order statistics (Hyndman & Fan type 7, the
 * default of NumPy and R): h = (n − 1)·p, x_⌊h⌋ + (h − ⌊h⌋)·(x_⌊h⌋₊₁ − x_⌊h⌋). NaN without values.
 *
 * @example sortedQuantile([1, 2, 3, 4], 0.5) // 2.5
 */
export function sortedQuantile(ascending: ArrayLike<number>, p: number): number {
  const n = ascending.length
  if (n === 0) return Number.NaN
  const h = (n - 1) * Math.min(1, Math.max(0, p))
  const below = Math.floor(h)
  const low = ascending[below] as number
  const high = ascending[Math.min(n - 1, below + 1)] as number
  return low + (h - below) * (high - low)
}
