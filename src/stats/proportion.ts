import { binomialCdf, normalQuantile } from './special.ts'

export interface Bounds {
  readonly low: number
  readonly high: number
}

/**
 * Wilson's score interval of a binomial proportion: (p̂ + z²/2n ± z·√(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n). Its coverage
 * is close to the nominal one for every p and n, and it never leaves 0 … 1. Same as statsmodels' `proportion_confint`
 * with `wilson`.
 *
 * @example wilson(8, 10, 0.95) // { low: 0.4901624715366408, high: 0.9433178485456247 }
 */
export function wilson(successes: number, trials: number, level: number): Bounds | null {
  if (trials <= 0) return null
  const z = normalQuantile(1 - (1 - level) / 2)
  const p = successes / trials
  const shrink = 1 + (z * z) / trials
  const centre = (p + (z * z) / (2 * trials)) / shrink
  const reach = (z / shrink) * Math.sqrt((p * (1 - p)) / trials + (z * z) / (4 * trials * trials))
  // At 0 and 1 the bound is the proportion itself, but for rounding.
  return { low: p === 0 ? 0 : Math.max(0, centre - reach), high: p === 1 ? 1 : Math.min(1, centre + reach) }
}

export interface McNemar {
  /** Exact conditional p-value: min(1, 2·P(Bin(b + c, ½) ≤ min(b, c))). Never rejects too often, and too seldom. */
  readonly exact: number
  /** exact − P(Bin = min(b, c)); at b = c: 1 − ½·P(Bin = b). Holds its level in practice, with more power. */
  readonly midP: number
}

/**
 * McNemar's test on the rows that two models decide differently: `b` that only the first got right, `c` only the second.
 * Two-sided. Fagerland, Lydersen & Laake (2013), BMC Medical Research Methodology 13:91, who recommend the mid-p.
 *
 * @example mcnemar(1, 8) // { exact: 0.0390625, midP: 0.021484375 }
 */
export function mcnemar(b: number, c: number): McNemar {
  const n = b + c
  if (n === 0) return { exact: 1, midP: 1 }
  const least = Math.min(b, c)
  const upTo = binomialCdf(least, n, 0.5)
  const at = upTo - binomialCdf(least - 1, n, 0.5)
  const exact = Math.min(1, 2 * upTo)
  return { exact, midP: b === c ? 1 - at / 2 : exact - at }
}

/**
 * Tango's score interval for the difference (b − c)/n of two paired proportions: all Δ that the score test does not
 * reject, the nuisance parameter at its constrained maximum. At Δ = 0 it is McNemar's test, so that the two do not
 * contradict each other, and it holds its coverage with few discordant rows: none among n still leaves ±z²/(n + z²).
 *
 * Tango (1998), “Equivalence test and confidence interval for the difference in proportions for the paired-sample
 * design”, Statistics in Medicine 17.
 *
 * @example tango(9, 2, 48, 0.95) // { low: 0.01212662…, high: 0.28827198… }
 */
export function tango(b: number, c: number, rows: number, level: number): Bounds | null {
  if (rows <= 0) return null
  const z = normalQuantile(1 - (1 - level) / 2)
  const estimate = (b - c) / rows
  // The score falls with Δ, from +∞ at −1 to −∞ at 1.
  return {
    low: estimate <= -1 ? -1 : bisect((delta) => tangoScore(b, c, rows, delta) - z, -1, estimate),
    high: estimate >= 1 ? 1 : bisect((delta) => tangoScore(b, c, rows, delta) + z, estimate, 1),
  }
}

/** The score statistic of H₀: p₁₂ − p₂₁ = delta. */
export function tangoScore(b: number, c: number, rows: number, delta: number): number {
  const quadratic = 2 * rows
  const linear = -b - c + (2 * rows - b + c) * delta
  const constant = -c * delta * (1 - delta)
  const q = (Math.sqrt(Math.max(0, linear * linear - 4 * quadratic * constant)) - linear) / (2 * quadratic)
  const variance = rows * (2 * q + delta * (1 - delta))
  const distance = b - c - rows * delta
  if (distance === 0) return 0
  return variance > 0 ? distance / Math.sqrt(variance) : distance * Infinity
}

/** Where a falling function crosses 0. */
function bisect(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high]
  for (let i = 0; i < 80 && b - a > 1e-15; i++) {
    const middle = (a + b) / 2
    if (f(middle) > 0) a = middle
    else b = middle
  }
  return (a + b) / 2
}
