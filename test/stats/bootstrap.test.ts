import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { acceleration, bootstrapInterval } from '../../src/stats/bca.ts'
import { bootstrap, type Replicates, type Statistic } from '../../src/stats/bootstrap.ts'
import { sortedQuantile } from '../../src/stats/quantile.ts'
import { tabulate } from '../../src/stats/sum-table.ts'
import { createUnits } from '../../src/stats/units.ts'
import { type Golden, readGolden } from '../evaluation/golden.ts'

const golden = readGolden<Golden>('evaluation.json')

const meanOf = (values: Float64Array): Statistic => ({
  size: 1,
  score(weights, out) {
    let sum = 0
    let total = 0
    for (let i = 0; i < values.length; i++) {
      sum += (weights[i] as number) * (values[i] as number)
      total += weights[i] as number
    }
    out[0] = sum / total
  },
})

function run(statistics: readonly Statistic[], rows: number, resamples: number, seed = 1): readonly Replicates[] {
  const units = createUnits({ rows, random: createRandom(seed) })
  return bootstrap(statistics, { units, resamples, seed }).map((one) => one[0] as Replicates)
}

describe('the BCa interval', () => {
  for (const one of golden.bca) {
    test(`agrees with scipy ${golden.versions.scipy} on the ${one.name}`, () => {
      const replicates = {
        resampled: Float64Array.from(one.resampled),
        jackknife: [Float64Array.from(one.jackknife)],
        perBlock: 1,
      }
      const interval = bootstrapInterval(one.estimate, replicates, one.level)
      expect(interval?.kind).toBe('BCa')
      expect(interval?.low).toBeCloseTo(one.low, 9)
      expect(interval?.high).toBeCloseTo(one.high, 9)
    })
  }

  test('has the acceleration of Efron’s two-sample mouse data (scipy’s reference)', () => {
    const leaveOneOut = (values: readonly number[], sign: number, other: number): Float64Array =>
      Float64Array.from(values, (value) => {
        const rest = (values.reduce((sum, one) => sum + one, 0) - value) / (values.length - 1)
        return sign * (rest - other)
      })
    const y = [10, 27, 31, 40, 46, 50, 52, 104, 146]
    const z = [16, 23, 38, 94, 99, 141, 197]
    const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length
    expect(acceleration(leaveOneOut(z, 1, mean(y)), leaveOneOut(y, -1, mean(z)))).toBeCloseTo(0.011008228344026734, 14)
  })

  test('agrees with R’s boot on its 16 values, up to the noise of resampling', () => {
    const values = Float64Array.of(10, 12, 12.5, 12.5, 13.9, 15, 21, 22, 23, 34, 50, 81, 89, 121, 134, 213)
    const [replicates] = run([meanOf(values)], values.length, 20_000)
    const interval = bootstrapInterval(
      values.reduce((sum, value) => sum + value, 0) / 16,
      replicates as Replicates,
      0.95,
    )
    expect(Math.abs((interval?.low ?? 0) - 32.31)).toBeLessThan(0.7)
    expect(Math.abs((interval?.high ?? 0) - 91.43)).toBeLessThan(1.5)
  })

  test('of random groups has the acceleration and the spread of single rows', () => {
    const random = createRandom(5)
    const rows = 20_000
    const values = Float64Array.from({ length: rows }, () => Math.exp(random.normal()))
    const units = createUnits({ rows, random: createRandom(2) })
    expect(units).toMatchObject({ count: 4096, kind: 'groups' })
    const table = tabulate({ rows, columns: [values] }, units, undefined)
    const mean: Statistic = {
      size: 1,
      score(counts, out) {
        const sums = table.add(counts)
        out[0] = (sums[1] as number) / (sums[0] as number)
      },
    }
    const [replicates] = bootstrap([mean], { units, resamples: 4000, seed: 3 })[0] as readonly [Replicates]
    const total = values.reduce((sum, value) => sum + value, 0)
    const single = values.map((value) => (total - value) / (rows - 1))
    expect(replicates.jackknife[0]?.length).toBe(250)
    expect(acceleration(...replicates.jackknife)).toBeCloseTo(acceleration(single), 2)
    const sd = (of: Float64Array): number => {
      const centre = of.reduce((sum, value) => sum + value, 0) / of.length
      return Math.sqrt(of.reduce((sum, value) => sum + (value - centre) ** 2, 0) / of.length)
    }
    expect(sd(replicates.resampled) / (sd(values) / Math.sqrt(rows))).toBeCloseTo(1, 1)
  })

  test('is a point where nothing varies, percentiles where every replicate is on one side, nothing where mostly undefined', () => {
    const flat = {
      resampled: new Float64Array(100).fill(2),
      jackknife: [new Float64Array(10).fill(2)],
      perBlock: 1,
    }
    expect(bootstrapInterval(2, flat, 0.95)).toEqual({ low: 2, high: 2, kind: 'BCa' })
    expect(bootstrapInterval(1, flat, 0.95)).toEqual({ low: 2, high: 2, kind: 'percentile' })
    const holes = { ...flat, resampled: flat.resampled.map((value, i) => (i % 5 === 0 ? Number.NaN : value)) }
    expect(bootstrapInterval(2, holes, 0.95)).toBeNull()
    expect(bootstrapInterval(Number.NaN, flat, 0.95)).toBeNull()
  })
})

describe('resampling', () => {
  const values = Float64Array.from({ length: 40 }, (_, i) => (i * 7) % 11)

  test('is the same for the same seed and another for another', () => {
    const resampled = (seed: number): Float64Array => (run([meanOf(values)], 40, 50, seed)[0] as Replicates).resampled
    expect(resampled(3)).toEqual(resampled(3))
    expect(resampled(3)).not.toEqual(resampled(4))
  })

  test('shows every statistic the same rows, so that equal ones never differ', () => {
    const [one, other] = run([meanOf(values), meanOf(values)], 40, 50)
    expect(one?.resampled).toEqual(other?.resampled)
  })

  test('draws as many rows as there are', () => {
    const totals: Statistic = {
      size: 1,
      score(weights, out) {
        out[0] = weights.reduce((sum, weight) => sum + weight, 0)
      },
    }
    expect(new Set(run([totals], 40, 50)[0]?.resampled)).toEqual(new Set([40]))
  })

  test('covers the mean of normal values about as often as it claims', () => {
    const random = createRandom(11)
    let covered = 0
    for (let trial = 0; trial < 300; trial++) {
      const sample = Float64Array.from({ length: 80 }, () => random.normal())
      const mean = sample.reduce((sum, value) => sum + value, 0) / 80
      const interval = bootstrapInterval(mean, run([meanOf(sample)], 80, 400, trial)[0] as Replicates, 0.9)
      if (interval && interval.low <= 0 && interval.high >= 0) covered++
    }
    // 90 % of 300, with three standard errors to either side.
    expect(covered).toBeGreaterThan(300 * 0.85)
    expect(covered).toBeLessThan(300 * 0.95)
  })
})

test('quantiles interpolate as NumPy’s default', () => {
  expect(sortedQuantile([1, 2, 3, 4], 0.5)).toBe(2.5)
  expect(sortedQuantile([1, 2, 3, 4], 0.1)).toBeCloseTo(1.3, 12)
  expect(sortedQuantile([7], 0.3)).toBe(7)
  expect(sortedQuantile([], 0.5)).toBeNaN()
})
