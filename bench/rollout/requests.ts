/**
 * What the guardrails were before callers were counted: e-processes over requests, as if each were an independent witness.
 * Valid for independent requests (Waudby-Smith & Ramdas 2023; Ramdas et al. 2023), which those of one caller are not.
 * Kept to be compared with.
 */
import { isUsable, logEMean, type Sums } from '../../src/stats/e-process.ts'

/** Bets of the two-sample test, on the log-odds scale: small ones find small regressions late, large ones large ones early. */
const LOG_ODDS_BETS = [0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2]
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
