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
 * The t with P(T ≤ t) = p for Student's t with `df` ≥ 1 degrees of freedom: Newton steps on the tail from Hill's
 * expansion around the normal quantile.
 *
 * @example studentQuantile(0.975, 10) // 2.2281388519649385
 */
export function studentQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1)) return normalQuantile(p)
  if (p < 0.5) return -studentQuantile(1 - p, df)
  if (df === 1) return Math.tan(Math.PI * (p - 0.5))
  const z = normalQuantile(p)
  const tail = 2 * (1 - p)
  let t = z + (z ** 3 + z) / (4 * df) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * df * df)
  const logScale = gammaRatio(df)
  for (let i = 0; i < 50; i++) {
    const density = Math.exp(logScale - ((df + 1) / 2) * Math.log1p((t * t) / df))
    const step = (studentTwoSided(t, df) - tail) / (2 * density)
    // The tail is convex right of 0: halving keeps a step that is too long on this side.
    t = Math.max(t + step, t / 2)
    if (Math.abs(step) <= 1e-13 * Math.max(1, t)) break
  }
  return t
}

/** log of Γ((df+1)/2) / (Γ(df/2)·√(π·df)), by Stirling's series after shifting the argument up. */
function gammaRatio(df: number): number {
  let x = df / 2
  let shift = 0
  // Γ(x+½)/Γ(x) = Γ(x+k+½)/Γ(x+k) · Π (x+i)/(x+i+½)
  while (x < 20) {
    shift += Math.log(x / (x + 0.5))
    x++
  }
  const inverse = 1 / x
  const log =
    0.5 * Math.log(x) +
    Math.log1p(inverse * (-1 / 8 + inverse * (1 / 128 + inverse * (5 / 1024 - (21 * inverse) / 32768))))
  return shift + log - 0.5 * Math.log(Math.PI * df)
}

/** P(X ≤ k) of the binomial distribution with n trials and success probability p in (0, 1): I_{1−p}(n − k, k + 1). */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0
  if (k >= n) return 1
  return betaIncomplete(1 - p, n - Math.floor(k), Math.floor(k) + 1)
}
