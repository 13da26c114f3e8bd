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

/** Bets of the two-sample test, on the log-odds scale: small ones find small regressions late, large ones large ones early. */
const LOG_ODDS_BETS = [0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2]
/** Bets of the one-sample test, as a fraction of the largest bet that cannot go broke. */
const FRACTION_BETS = [0.05, 0.1, 0.2, 0.4, 0.6, 0.8]

/**
 * log E against H₀: E[candidate] ≤ E[stable] + margin, for two independent (or positively dependent, such as mirrored)
 * samples. For every conceivable stable mean p,
 *
 *   M(p) = mean over λ of exp(λ·S_c) / (1 + (p+m)(e^λ − 1))^n_c  ·  mean over γ of exp(−γ·S_s) / (1 + p(e^−γ − 1))^n_s
 *
 * is a supermartingale when p is the truth and H₀ holds, since E[e^λX] ≤ 1 + E[X](e^λ − 1) on [0, 1]: the first factor
 * bets that the candidate is above p + m, the second that stable is below p. The infimum over p is below the M at the
 * truth: an e-process, whatever the stable mean. log M is convex in p, so golden-section search finds the infimum.
 * Means may wander over time as long as both arms see the same times in the same proportion, which a fixed split does
 * (the logarithm is concave).
 *
 * @example logEDifference({ n: 5000, sum: 300 }, { n: 5000, sum: 100 }, 0.01) > Math.log(100) // 6 % against 2 %
 */
export function logEDifference(candidate: Sums, stable: Sums, margin: number): number {
  if (!isUsable(candidate) || !isUsable(stable) || candidate.n === 0 || stable.n === 0) return 0
  const logM = (p: number): number =>
    logMean(
      LOG_ODDS_BETS.map((bet) => bet * candidate.sum - candidate.n * Math.log1p((p + margin) * Math.expm1(bet))),
    ) + logMean(LOG_ODDS_BETS.map((bet) => -bet * stable.sum - stable.n * Math.log1p(p * Math.expm1(-bet))))
  return minimum(logM, Math.max(0, -margin), Math.min(1, 1 - margin))
}

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

/**
 * log E against H₀: |E[X] − centre| ≤ margin: the average of the e-processes of both sides.
 *
 * @example logEShift({ n: 300, sum: 60, sumSquares: 30 }, 0.5, 0.15) > Math.log(100) // mean 0.2
 */
export function logEShift(sums: Sums, centre: number, margin: number): number {
  const mirrored: Sums = {
    n: sums.n,
    sum: sums.n - sums.sum,
    sumSquares: sums.n - 2 * sums.sum + (sums.sumSquares ?? sums.sum),
  }
  return logMean([logEMean(sums, centre + margin), logEMean(mirrored, 1 - centre + margin)])
}

/** The sum of two samples. */
export function addSums(a: Sums, b: Sums): Sums {
  const both = { n: a.n + b.n, sum: a.sum + b.sum }
  return a.sumSquares === undefined && b.sumSquares === undefined
    ? both
    : { ...both, sumSquares: (a.sumSquares ?? 0) + (b.sumSquares ?? 0) }
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

const GOLDEN = (Math.sqrt(5) - 1) / 2

/** Smallest value of a convex function on [low, high], both ends included. */
function minimum(f: (x: number) => number, low: number, high: number): number {
  if (high < low) return 0
  const ends = Math.min(f(low), f(high))
  let a = low
  let b = high
  let left = b - GOLDEN * (b - a)
  let right = a + GOLDEN * (b - a)
  let atLeft = f(left)
  let atRight = f(right)
  for (let i = 0; i < 60 && b - a > 1e-9; i++) {
    if (atLeft < atRight) {
      b = right
      right = left
      atRight = atLeft
      left = b - GOLDEN * (b - a)
      atLeft = f(left)
    } else {
      a = left
      left = right
      atLeft = atRight
      right = a + GOLDEN * (b - a)
      atRight = f(right)
    }
  }
  return Math.min(ends, atLeft, atRight)
}
