import { describe, expect, test } from 'vitest'
import { absoluteDifference } from '../../src/stats/absolute-difference.ts'
import { expandedReach, smallSample } from '../../src/stats/bca.ts'
import type { Replicates } from '../../src/stats/bootstrap.ts'
import { createRandom } from '../../src/core/random.ts'
import { studentTwoSided } from '../../src/stats/special.ts'

const random = createRandom(31)
const of = (resampled: readonly number[], jackknife: readonly number[] = []): Replicates => ({
  resampled: Float64Array.from(resampled),
  jackknife: [Float64Array.from(jackknife)],
  perBlock: 1,
})
const difference = of(
  [],
  Array.from({ length: 15 }, () => random.normal()),
)
const reach = expandedReach(difference, 0.05)
const { df, widening } = smallSample(difference)

/** Replicates whose covariance is (xx, xy; xy, yy) exactly, up to rounding: corners of a square, turned and stretched. */
function pair(xx: number, xy: number, yy: number, undefinedOnes = 0): [Replicates, Replicates] {
  const l11 = Math.sqrt(xx)
  const l21 = l11 > 0 ? xy / l11 : 0
  const l22 = Math.sqrt(yy - l21 ** 2)
  const corners = Array.from({ length: 10 }, () => [
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ]).flat() as [number, number][]
  const holes = Array.from({ length: undefinedOnes }, () => Number.NaN)
  return [
    of([...corners.map(([u]) => 100 + l11 * u), ...holes]),
    of([...corners.map(([u, v]) => 7 + l21 * u + l22 * v), ...holes.map(() => 3)]),
  ]
}

/** Smallest and largest |α| − |β| on a fine border of the ellipse. */
function extremes(a: number, b: number, xx: number, xy: number, yy: number): [number, number] {
  const inside: number[] = []
  const steps = 50_003
  for (let i = 0; i < steps; i++) {
    const t = (2 * Math.PI * i) / steps
    const l11 = Math.sqrt(xx)
    const l21 = l11 > 0 ? xy / l11 : 0
    const l22 = Math.sqrt(yy - l21 ** 2)
    inside.push(Math.abs(a + reach * l11 * Math.cos(t)) - Math.abs(b + reach * (l21 * Math.cos(t) + l22 * Math.sin(t))))
  }
  return [inside.reduce((x, y) => Math.min(x, y)), inside.reduce((x, y) => Math.max(x, y))]
}

describe('the interval of |α| − |β|', () => {
  test.each([
    // a, b, variances and covariance.
    [40, 20, 4, 1, 9],
    [-40, 20, 4, 1, 9],
    [40, -20, 4, -5, 9],
    [20, 40, 4, 0, 9],
    [-20, -40, 4, 5.5, 9],
  ])('away from 0 is that of a plain difference (%d, %d)', (a, b, xx, xy, yy) => {
    const [x, y] = pair(xx, xy, yy)
    const found = absoluteDifference([a, b], [x, y], difference, 0.9)
    const alike = Math.sign(a) * Math.sign(b)
    const error = Math.sqrt(xx + yy - 2 * alike * xy)
    const seen = Math.abs(a) - Math.abs(b)
    expect(Math.abs((found?.low ?? 0) - (seen - reach * error))).toBeLessThan(1e-5 * reach * error)
    expect(Math.abs((found?.high ?? 0) - (seen + reach * error))).toBeLessThan(1e-5 * reach * error)
    const [near, far] = [Math.abs(a - b) / Math.sqrt(xx + yy - 2 * xy), Math.abs(a + b) / Math.sqrt(xx + yy + 2 * xy)]
    expect(found?.pValue).toBeCloseTo(studentTwoSided(Math.min(near, far) / widening, df), 12)
  })

  test.each([
    [1, 0.5, 4, 1, 9],
    [0, 0, 1, -0.5, 1],
    [0.5, -3, 2, 0.3, 0.5],
    [-3, 0, 2, 0, 2],
    // One of them is known exactly.
    [1, 0.5, 0, 0, 9],
    [1, 0.5, 4, 0, 0],
    // Both are one.
    [1, 0.5, 4, 2, 1],
  ])('near 0 is the range over the ellipse (%d, %d)', (a, b, xx, xy, yy) => {
    const [x, y] = pair(xx, xy, yy, 4)
    const found = absoluteDifference([a, b], [x, y], difference, 0.9)
    const [low, high] = extremes(a, b, xx, xy, yy)
    expect(Math.abs((found?.low ?? 0) - low)).toBeLessThan(0.02)
    expect(Math.abs((found?.high ?? 0) - high)).toBeLessThan(0.02)
    const away = [a - b, a + b].map((one, i) => Math.abs(one) / Math.sqrt(xx + yy + (i === 0 ? -2 : 2) * xy))
    const least = Math.min(...away.filter((one) => !Number.isNaN(one)))
    expect(found?.pValue).toBeCloseTo(studentTwoSided(least / widening, df), 9)
  })

  test('contains what was seen, and is a point where nothing varies', () => {
    const still = of([3, 3, 3])
    expect(absoluteDifference([5, -2], [still, still], difference, 0.9)).toEqual({ low: 3, high: 3, pValue: 0 })
    expect(absoluteDifference([2, -2], [still, still], difference, 0.9)).toEqual({ low: 0, high: 0, pValue: 1 })
    expect(absoluteDifference([2, 2], [still, still], difference, 0.9)).toEqual({ low: 0, high: 0, pValue: 1 })
  })

  test('is none of more than a tenth undefined, or of no replicates', () => {
    const [x, y] = pair(1, 0, 1, 4)
    // 40 of 44; then 40 of 45.
    expect(absoluteDifference([1, 2], [x, y], difference, 0.9)).not.toBeNull()
    const [v, w] = pair(1, 0, 1, 5)
    expect(absoluteDifference([1, 2], [v, w], difference, 0.9)).toBeNull()
    expect(absoluteDifference([1, 2], [of([]), of([])], difference, 0.9)).toBeNull()
    const nine = of([1, 2, 3, 4, 5, 6, 7, 8, 9, Number.NaN])
    expect(absoluteDifference([1, 2], [nine, nine], difference, 0.9)).not.toBeNull()
  })
})
