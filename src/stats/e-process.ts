/**
 * Sequential tests that may be looked at as often as one likes. An e-process E for a null hypothesis has, at every
 * stopping time, an expectation of at most 1 under it, so by Ville's inequality P(E ever ≥ 1/α) ≤ α however many peeks
 * are taken. All tests here are for means of variables in [0, 1] and need their sums only.
 *
 * Sources: Waudby-Smith & Ramdas (2023), “Estimating means of bounded random variables by betting”, JRSS B 86(1);
 * Fan, Grama & Liu (2015) for the quadratic bound; Ramdas et al. (2023), “Game-theoretic statistics and safe
 * anytime-valid inference”, for the infimum over a nuisance parameter and for mixtures of bets.
 */

/** n observations in [0, 1], their sum, and where a variance helps the sum of their squares. */
export interface Sums {
  readonly n: number
  readonly sum: number
  readonly sumSquares?: number | undefined
}

/** Bets of the one-sample test, as a fraction of the largest bet that cannot go broke. */
const FRACTION_BETS = [0.05, 0.1, 0.2, 0.4, 0.6, 0.8]

/**
 * log E against H₀: E[X] ≤ bound. With y = (x − bound)/bound ≥ −1, Π(1 + ηy) is a martingale at the bound, and
 * log(1 + ηy) ≥ ηy + (η + log(1 − η))·y² (Fan et al.), which needs only Σx and Σx²: an empirical-Bernstein bet.
 *
 * @example logEMean({ n: 200, sum: 160, sumSquares: 136 }, 0.65) > Math.log(100) // mean 0.8
 */
export function logEMean(sums: Sums, bound: number): number {
  if (!isUsable(sums) || sums.n === 0) return 0
  if (bound <= 0 || bound >= 1) return 0
  const squares = Math.min(sums.sum, Math.max(sums.sumSquares ?? sums.sum, 0))
  const first = (sums.sum - sums.n * bound) / bound
  const second = Math.max(0, squares - 2 * bound * sums.sum + sums.n * bound * bound) / (bound * bound)
  return logMean(FRACTION_BETS.map((eta) => eta * first + (eta + Math.log1p(-eta)) * second))
}

/** Sums that a sample in [0, 1] can have; NaN, infinite and impossible ones say nothing. */
export function isUsable({ n, sum, sumSquares = 0 }: Sums): boolean {
  return Number.isFinite(n) && n >= 0 && sum >= 0 && sum <= n * (1 + 1e-9) && Number.isFinite(sumSquares)
}

/** log of the mean of exp(values), without overflow. */
function logMean(values: readonly number[]): number {
  const top = Math.max(...values)
  return top + Math.log(values.reduce((total, value) => total + Math.exp(value - top), 0) / values.length)
}
