import type { Replicates } from './bootstrap.ts'
import { DEFINED_SHARE, expandedReach, smallSample } from './bca.ts'
import { studentTwoSided } from './special.ts'

export interface AbsoluteDifference {
  readonly low: number
  readonly high: number
  /** Two-sided, of |α| = |β|. */
  readonly pValue: number
}

/** Points on the border of the region: its extremes are off by the square of half a step, at a kink by half a step. */
const STEPS = 1440

/**
 * Interval of |α| − |β| from estimates a of α and b of β, by inverting a test: a difference δ is rejected where every
 * (α, β) with |α| − |β| = δ is further from (a, b) than `reach` standard errors, in the metric of their covariance. That
 * region is an ellipse, so the interval is the range of |α| − |β| over it. A resampled |α*| − |β*| has a kink where one
 * of them is 0, which leaves its percentiles too wide and a bias correction too narrow; the test has its level on either
 * side of the kink and is conservative only where both are within some standard errors of 0.
 * null where the replicates are undefined or do not vary.
 */
export function absoluteDifference(
  [a, b]: readonly [number, number],
  [x, y]: readonly [Replicates, Replicates],
  difference: Replicates,
  level: number,
): AbsoluteDifference | null {
  const { xx, xy, yy, share } = covariance(x.resampled, y.resampled)
  if (!(share >= DEFINED_SHARE)) return null
  const reach = expandedReach(difference, (1 - level) / 2)
  // Cholesky: (α, β) = (a, b) + reach · L · (cos, sin).
  const l11 = Math.sqrt(xx)
  const l21 = l11 > 0 ? xy / l11 : 0
  const l22 = Math.sqrt(Math.max(0, yy - l21 * l21))
  let low = Math.abs(a) - Math.abs(b)
  let high = low
  for (let i = 0; i < STEPS; i++) {
    const angle = (2 * Math.PI * i) / STEPS
    const u = reach * Math.cos(angle)
    const v = reach * Math.sin(angle)
    const value = Math.abs(a + l11 * u) - Math.abs(b + l21 * u + l22 * v)
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  // |α| = |β| are two lines: α = β and α = −β.
  const { df, widening } = smallSample(difference)
  const distance = Math.min(...[-1, 1].map((sign) => away(a + sign * b, xx + yy + 2 * sign * xy)))
  return { low, high, pValue: studentTwoSided(distance / widening, df) }
}

function away(distance: number, variance: number): number {
  if (distance === 0) return 0
  return variance > 0 ? Math.abs(distance) / Math.sqrt(variance) : Infinity
}

function covariance(
  x: Float64Array,
  y: Float64Array,
): { readonly xx: number; readonly xy: number; readonly yy: number; readonly share: number } {
  let n = 0
  let meanX = 0
  let meanY = 0
  let [xx, xy, yy] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    const dx = (x[i] as number) - meanX
    const dy = (y[i] as number) - meanY
    if (Number.isNaN(dx + dy)) continue
    n++
    meanX += dx / n
    meanY += dy / n
    xx += dx * ((x[i] as number) - meanX)
    xy += dx * ((y[i] as number) - meanY)
    yy += dy * ((y[i] as number) - meanY)
  }
  return { xx: xx / n, xy: xy / n, yy: yy / n, share: n / x.length }
}
