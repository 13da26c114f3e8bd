import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import {
  acceleration,
  bootstrapInterval,
  bootstrapPValue,
  expandedReach,
  influences,
  smallSample,
  studentInterval,
} from '../../src/stats/bca.ts'
import type { Replicates } from '../../src/stats/bootstrap.ts'
import { normalCdf, normalQuantile, studentQuantile, studentTwoSided } from '../../src/stats/special.ts'

const random = createRandom(12)
const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0)
const mean = (values: readonly number[]): number => sum(values) / values.length

const replicatesOf = (
  resampled: readonly number[],
  jackknife: readonly (readonly number[])[],
  rest: Partial<Replicates> = {},
): Replicates => ({
  resampled: Float64Array.from(resampled),
  jackknife: jackknife.map((values) => Float64Array.from(values)),
  perBlock: 1,
  ...rest,
})

/** The words of the documentation in plain arithmetic. */
function reference({ resampled, jackknife, perBlock, widening = 1 }: Replicates, estimate: number, shrunk: boolean) {
  const values = [...resampled].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b)
  const samples = jackknife.map((left) => {
    const known = [...left].filter((value) => !Number.isNaN(value))
    return known.map((value) => ((known.length - 1) * (mean(known) - value)) / known.length)
  })
  const power = (p: number, of = samples.flat()): number => sum(of.map((u) => u ** p))
  const V = power(2)
  // Variance of V_s: V_s²·(κ − 1)/n for single units; blocks of r have 1/r of their excess kurtosis.
  const variances = samples.map((of) => {
    const kurtosis = (of.length * power(4, of)) / power(2, of) ** 2
    const n = of.length * perBlock
    const own = perBlock > 1 ? 3 + perBlock * Math.max(0, kurtosis - 3) : kurtosis
    return { v: power(2, of), error: (power(2, of) ** 2 * (own - 1)) / n, n }
  })
  const df = (2 * V ** 2) / sum(variances.map(({ error }) => error))
  const wider = Math.sqrt(sum(variances.map(({ v, n }) => (v * n) / (n - 1))) / V) * widening
  const share = shrunk ? df ** 2 / (df ** 2 + 100 ** 2) : 1
  const below = (point: number): number =>
    values.filter((value) => value < point).length + values.filter((value) => value === point).length / 2
  const z0 = share * normalQuantile(below(estimate) / values.length)
  const a = (share * power(3)) / (6 * V ** 1.5)
  const quantile = (p: number): number => {
    const h = (values.length - 1) * p
    const [low, high] = [values[Math.floor(h)] as number, values[Math.ceil(h)] as number]
    return low + (h - Math.floor(h)) * (high - low)
  }
  return { values, df, wider, z0, a, quantile, ofZero: normalQuantile((below(0) + 0.5) / (values.length + 1)) }
}

const skewed = (n: number): number[] => Array.from({ length: n }, () => Math.exp(0.8 * random.normal()) - 1)
const CASES: readonly (readonly [string, number, Replicates])[] = [
  ['one sample', 0.4, replicatesOf(skewed(400), [skewed(30)])],
  ['two samples', 0.2, replicatesOf(skewed(301), [skewed(12), skewed(25)])],
  ['blocks', 0.3, replicatesOf(skewed(200), [skewed(50)], { perBlock: 4.5 })],
  [
    'blocks without kurtosis',
    0.3,
    replicatesOf(skewed(200), [Array.from({ length: 20 }, () => random.next())], { perBlock: 2 }),
  ],
  ['a series', 0.1, replicatesOf(skewed(200), [skewed(40)], { widening: 1.2 })],
  [
    'ties with 0 and the estimate',
    1,
    replicatesOf(
      Array.from({ length: 99 }, () => random.below(4) - 1),
      [skewed(9)],
    ),
  ],
  [
    'undefined values',
    0.2,
    replicatesOf([...skewed(45), ...[1, 2, 3, 4, 5].map(() => Number.NaN)], [[...skewed(20), Number.NaN]]),
  ],
]

describe.each(CASES)('of replicates of %s', (_, estimate, replicates) => {
  test.each([false, true])('the degrees of freedom and the reach are those of the formulas (shrunk: %s)', () => {
    const { df, wider } = reference(replicates, estimate, false)
    expect(smallSample(replicates).df).toBeCloseTo(df, 8)
    expect(smallSample(replicates).widening).toBeCloseTo(wider, 12)
    expect(expandedReach(replicates, 0.05)).toBeCloseTo(wider * studentQuantile(0.95, df), 8)
  })

  test.each([
    {},
    { shrunk: true },
    { expanded: true },
    { expanded: true, shrunk: true },
    { percentile: true },
    { percentile: true, expanded: true },
  ])('the interval and the p-value are those of the formulas with %j', (options) => {
    const { df, wider, z0, a, quantile, ofZero } = reference(replicates, estimate, options.shrunk === true)
    for (const level of [0.5, 0.9, 0.95]) {
      const z = options.expanded
        ? wider * studentQuantile(1 - (1 - level) / 2, df)
        : normalQuantile(1 - (1 - level) / 2)
      const at = (place: number): number =>
        options.percentile ? normalCdf(place) : normalCdf(z0 + (z0 + place) / (1 - a * (z0 + place)))
      const found = bootstrapInterval(estimate, replicates, level, options)
      expect(found?.kind).toBe(options.percentile ? 'percentile' : 'BCa')
      expect(found?.low).toBeCloseTo(quantile(at(-z)), 9)
      expect(found?.high).toBeCloseTo(quantile(at(z)), 9)
    }
    const u = ofZero - z0
    const z = options.percentile ? ofZero : u / (1 + a * u) - z0
    const p = options.expanded ? studentTwoSided(z / wider, df) : 2 * normalCdf(-Math.abs(z))
    expect(bootstrapPValue(estimate, replicates, options)).toBeCloseTo(p, 10)
  })

  test('Student’s interval is as wide as their spread', () => {
    const { values, df, wider } = reference(replicates, estimate, false)
    const sd = Math.sqrt(sum(values.map((one) => (one - mean(values)) ** 2)) / (values.length - 1))
    const reach = wider * studentQuantile(0.95, df) * sd
    const found = studentInterval(estimate, replicates, 0.9)
    expect(found?.low).toBeCloseTo(estimate - reach, 8)
    expect(found?.high).toBeCloseTo(estimate + reach, 8)
  })
})

describe('an interval', () => {
  test('ends at the very last replicate beyond the pole of the correction', () => {
    // One unit that decides everything: nearly one degree of freedom, and an acceleration of nearly 1/6.
    const one = [1, ...Array.from({ length: 400 }, () => 0)]
    const values = Array.from({ length: 99 }, (_, i) => i)
    for (const sign of [1, -1]) {
      const replicates = replicatesOf(values, [one.map((value) => -sign * value)])
      expect(sign * acceleration(...replicates.jackknife)).toBeGreaterThan(0.16)
      const found = bootstrapInterval(49, replicates, 0.98, { expanded: true })
      if (sign > 0) expect(found?.high).toBe(98)
      else expect(found?.low).toBe(0)
    }
  })

  test('is none of no estimate, of no resamples and of more than a tenth undefined; nor is a p-value', () => {
    const of = (defined: number, total: number): Replicates =>
      replicatesOf(
        Array.from({ length: total }, (_, i) => (i < defined ? i - 30 : Number.NaN)),
        [skewed(10)],
      )
    for (const [estimate, replicates, known] of [
      [Number.NaN, of(100, 100), false],
      [0, of(0, 0), false],
      [0, of(89, 100), false],
      [0, of(90, 100), true],
      [0, of(2, 2), true],
    ] as const) {
      expect(bootstrapInterval(estimate, replicates, 0.9) !== null).toBe(known)
      expect(bootstrapPValue(estimate, replicates) !== null).toBe(known)
      expect(studentInterval(estimate, replicates, 0.9) !== null).toBe(known)
    }
    expect(studentInterval(0, of(1, 1), 0.9)).toBeNull()
    expect(bootstrapPValue(0, of(1, 1))).not.toBeNull()
  })

  test('of replicates that are all 0 has a p-value of 1, whatever the estimate and the options', () => {
    const nothing = replicatesOf(
      Array.from({ length: 50 }, () => 0),
      [skewed(10)],
    )
    for (const estimate of [0, 1]) {
      for (const options of [{}, { expanded: true }, { percentile: true }, { expanded: true, shrunk: true }]) {
        expect(bootstrapPValue(estimate, nothing, options)).toBe(1)
      }
    }
  })

  test('of replicates on one side of the estimate has percentiles, and a p-value of them', () => {
    const values = Array.from({ length: 99 }, (_, i) => i - 9)
    const replicates = replicatesOf(values, [skewed(10)])
    expect(bootstrapInterval(1000, replicates, 0.5)).toEqual({ low: 15.5, high: 64.5, kind: 'percentile' })
    expect(bootstrapInterval(-1000, replicates, 0.5)).toEqual({ low: 15.5, high: 64.5, kind: 'percentile' })
    // 9 below 0 and 0 itself: (9 + ½ + ½) / 100 on either side.
    expect(bootstrapPValue(1000, replicates)).toBeCloseTo(0.2, 12)
    expect(bootstrapPValue(-1000, replicates)).toBeCloseTo(0.2, 12)
  })
})

describe('what the contributions of units say', () => {
  test('is their deviation of the mean, less one unit’s share; undefined ones say nothing', () => {
    expect([...influences(Float64Array.of(1, Number.NaN, 2, 6))]).toEqual([4 / 3, 2 / 3, -2])
    expect([...influences(Float64Array.of(4))]).toEqual([0])
    expect([...influences(new Float64Array(0))]).toEqual([])
  })

  test.each([
    // Two values alike often have no kurtosis: nothing is uncertain.
    ['halves', [[1, 1, -1, -1]], 1e6, Math.sqrt(4 / 3)],
    ['nothing that varies', [[2, 2, 2]], 1e6, 1],
    ['no unit', [[]], 1e6, 1],
    ['one unit', [[3]], 1e6, 1],
    ['no stratum', [], 1e6, 1],
    // κ = n − 2 + 1/(n − 1) = 3/2: 2n/(κ − 1) = 12.
    ['one of three', [[0, 0, 1]], 12, Math.sqrt(1.5)],
    ['a stratum that varies and one that does not', [[0, 0, 1], [5, 5], [1]], 12, Math.sqrt(1.5)],
  ] as const)('of %s', (_, jackknife, df, widening) => {
    const found = smallSample(replicatesOf([], jackknife))
    expect(found.df).toBeCloseTo(df, 6)
    expect(found.widening).toBeCloseTo(widening, 12)
  })

  test('is more than two degrees of freedom, however few units matter of however large blocks', () => {
    const spike = [1, ...new Float64Array(3000)]
    for (const perBlock of [1, 3]) {
      expect(smallSample(replicatesOf([], [spike], { perBlock })).df).toBeGreaterThan(2)
      expect(smallSample(replicatesOf([], [spike], { perBlock })).df).toBeLessThan(2.01)
    }
  })

  test('has no acceleration where nothing varies', () => {
    expect(acceleration(Float64Array.of(2, 2), new Float64Array(0))).toBe(0)
    expect(acceleration()).toBe(0)
  })
})
