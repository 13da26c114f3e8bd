/** Quantile of the supremum of a Brownian bridge (Kolmogorov) at 95 %. */
const CRITICAL = 1.358
/** Fewer values have no change that could be told. */
const FEWEST = 20

export interface ChangePoint {
  /** The first value after the change. */
  readonly at: number
  readonly before: number
  readonly after: number
}

/**
 * Where the mean of the values changed, if it did: the place with the largest cumulative sum of deviations from the
 * overall mean, max |Sₖ|/(σ̂√n), where that is more than a Brownian bridge reaches in 5 % of cases. σ̂² is half of the mean
 * squared difference of neighbours (von Neumann 1941), which a change of the mean hardly touches.
 *
 * Page (1955), “A test for a change in a parameter occurring at an unknown point”, Biometrika 42.
 *
 * @example changePoint([...Array(30).fill(0).map((_, i) => i % 2), ...Array(30).fill(3).map((x, i) => x + (i % 2))])?.at // 30
 */
export function changePoint(values: ArrayLike<number>): ChangePoint | undefined {
  const n = values.length
  if (n < FEWEST) return undefined
  let total = 0
  let steps = 0
  for (let i = 0; i < n; i++) {
    total += values[i] as number
    if (i > 0) steps += ((values[i] as number) - (values[i - 1] as number)) ** 2
  }
  const mean = total / n
  const sd = Math.sqrt(steps / (2 * (n - 1)))
  let [sum, most, at] = [0, 0, 0]
  for (let i = 0; i + 1 < n; i++) {
    sum += (values[i] as number) - mean
    if (Math.abs(sum) <= most) continue
    most = Math.abs(sum)
    at = i + 1
  }
  if (!(most > CRITICAL * sd * Math.sqrt(n))) return undefined
  let first = 0
  for (let i = 0; i < at; i++) first += values[i] as number
  return { at, before: first / at, after: (total - first) / (n - at) }
}
