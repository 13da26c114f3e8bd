import betainc from '@stdlib/math-base-special-betainc'
import erfc from '@stdlib/math-base-special-erfc'
import erfcinv from '@stdlib/math-base-special-erfcinv'
import gammainc from '@stdlib/math-base-special-gammainc'

/**
 * Special functions under the names statistics knows them by. The arithmetic is @stdlib's (ports of Boost and FreeBSD
 * msun), accurate to a few units in the last places also far out in the tails: p-values are computed as upper tails,
 * never as 1 − cdf, which would round everything below 1e-16 to 0.
 */

/**
 * P(Z ≤ z) of the standard normal: ½·erfc(−z/√2). Accurate in the lower tail; for an upper tail pass −z.
 *
 * @example normalCdf(-8) // 6.220960574271785e-16
 */
export function normalCdf(z: number): number {
  return 0.5 * erfc(-z / Math.SQRT2)
}

/**
 * The z with P(Z ≤ z) = p: −√2·erfc⁻¹(2p). −∞ at 0, +∞ at 1, NaN outside [0, 1].
 *
 * @example normalQuantile(0.975) // 1.959963984540054
 */
export function normalQuantile(p: number): number {
  // `+ 0` turns the −0 of the middle into 0.
  return -Math.SQRT2 * erfcinv(2 * p) + 0
}

/** Two-sided p-value of a standard normal statistic: P(|Z| ≥ |z|) = erfc(|z|/√2). */
export function normalTwoSided(z: number): number {
  return erfc(Math.abs(z) / Math.SQRT2)
}

/**
 * P(X ≥ x) of the χ² distribution: the regularised upper incomplete gamma function Q(df/2, x/2).
 * 1 at x ≤ 0. `df` > 0.
 *
 * @example chiSquareSurvival(150, 5) // 1.3351378873003e-30
 */
export function chiSquareSurvival(x: number, df: number): number {
  return x <= 0 ? 1 : gammainc(x / 2, df / 2, true, true)
}

/** Regularised incomplete beta function I_x(a, b), x in [0, 1]; `upper` gives 1 − I_x(a, b) without the subtraction. */
export function betaIncomplete(x: number, a: number, b: number, upper = false): number {
  return betainc(x, a, b, true, upper)
}

/**
 * P(|T| ≥ |t|) of Student's t with `df` > 0 degrees of freedom: I_{df/(df+t²)}(df/2, ½).
 *
 * @example studentTwoSided(2.5, 10) // 0.031446844236609
 */
export function studentTwoSided(t: number, df: number): number {
  return betaIncomplete(df / (df + t * t), df / 2, 0.5)
}

/**
 * The t with P(T ≤ t) = p for Student's t with `df` > 0 degrees of freedom, by halving: it lies beyond the normal quantile. NaN
 * for any other df.
 *
 * @example studentQuantile(0.975, 10) // 2.2281388519649385
 */
export function studentQuantile(p: number, df: number): number {
  if (!(df > 0)) return Number.NaN
  if (!(p > 0 && p < 1)) return normalQuantile(p)
  if (p < 0.5) return -studentQuantile(1 - p, df)
  const tail = 2 * (1 - p)
  let low = normalQuantile(p)
  let high = 2 * low
  while (studentTwoSided(high, df) > tail) [low, high] = [high, 2 * high]
  for (;;) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) return high
    if (studentTwoSided(middle, df) > tail) low = middle
    else high = middle
  }
}

/** P(X ≤ k) of the binomial distribution with n trials and success probability p in (0, 1): I_{1−p}(n − k, k + 1). */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0
  if (k >= n) return 1
  return betaIncomplete(1 - p, n - Math.floor(k), Math.floor(k) + 1)
}
