/** The sequence is tightest at about so many values. */
const TIGHTEST_AT = 20

/**
 * Lower end of a one-sided confidence sequence for the mean of the values: at level 1 − α it holds at *every* number of
 * values, so that it may be looked at after each one as often as one likes. An asymptotic one, with the half width
 *
 *   σ̂·√(2(nρ² + 1)/(nρ)² · ln(1 + √(nρ² + 1)/(2α))),  ρ² = (−2 ln 2α + ln(1 − 2 ln 2α))/N*
 *
 * widened as Student’s quantile t ≈ z·(1 + (z² + 1)/(4ν)) is against the normal one, for σ̂ of few values is too small
 * too often.
 *
 * Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas, “Time-uniform central limit theory and asymptotic confidence sequences”
 * (arXiv 2103.06476), for one side.
 *
 * @returns −Infinity below two values
 * @example lowerBound([1, 1, 1, 1], 0.05) // 1: no spread
 */
export function lowerBound(values: ArrayLike<number>, alpha: number): number {
  const n = values.length
  if (n < 2) return -Infinity
  let mean = 0
  for (let i = 0; i < n; i++) mean += (values[i] as number) / n
  let squares = 0
  for (let i = 0; i < n; i++) squares += ((values[i] as number) - mean) ** 2
  const sd = Math.sqrt(squares / (n - 1))
  const logs = -2 * Math.log(2 * alpha)
  const rhoSquared = (logs + Math.log1p(logs)) / TIGHTEST_AT
  const scaled = n * rhoSquared + 1
  const width = Math.sqrt(((2 * scaled) / (n * n * rhoSquared)) * Math.log1p(Math.sqrt(scaled) / (2 * alpha)))
  const z = width * Math.sqrt(n)
  return mean - sd * width * (1 + (z * z + 1) / (4 * (n - 1)))
}
