import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { absoluteDifference } from '../../src/stats/absolute-difference.ts'
import { serialDependence } from '../../src/stats/autocorrelation.ts'
import { bootstrapInterval, bootstrapPValue, studentInterval } from '../../src/stats/bca.ts'
import { bootstrap, type Replicates } from '../../src/stats/bootstrap.ts'
import { aucFreedom, delong } from '../../src/stats/delong.ts'
import { studentQuantile } from '../../src/stats/special.ts'
import { blockWidening, createUnits } from '../../src/stats/units.ts'

const random = createRandom(20)

/** Replicates of the mean of these numbers. */
function meansOf(values: readonly number[], resamples = 2000): Replicates {
  const units = createUnits({ rows: values.length, random })
  const mean = {
    size: 1,
    score: (counts: Float64Array, out: Float64Array) => {
      let sum = 0
      let total = 0
      values.forEach((value, i) => {
        sum += value * (counts[i] as number)
        total += counts[i] as number
      })
      out[0] = sum / total
    },
  }
  return bootstrap([mean], { units, resamples, seed: 3 })[0]?.[0] as Replicates
}

const averageOf = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length

describe('a correction that few rows cannot know', () => {
  const outlier = Array.from({ length: 100 }, (_, i) => (i === 0 ? 40 : random.normal()))
  const skewed = Array.from({ length: 3000 }, () => Math.exp(random.normal() / 2))

  test('hardly moves the interval of a difference towards a single outlier', () => {
    const replicates = meansOf(outlier)
    const estimate = averageOf(outlier)
    const at = (options: object) => bootstrapInterval(estimate, replicates, 0.95, { expanded: true, ...options })?.low
    const [full, shrunk, plain] = [at({}), at({ shrunk: true }), at({ percentile: true })] as [number, number, number]
    expect(full - plain).toBeGreaterThan(10 * (shrunk - plain))
  })

  test('counts in full where thousands of rows show it', () => {
    const replicates = meansOf(skewed)
    const estimate = averageOf(skewed)
    const at = (options: object) => bootstrapInterval(estimate, replicates, 0.95, { expanded: true, ...options })?.low
    const [full, shrunk, plain] = [at({}), at({ shrunk: true }), at({ percentile: true })] as [number, number, number]
    expect(full).toBeGreaterThan(plain)
    expect(shrunk - plain).toBeGreaterThan(0.8 * (full - plain))
  })

  test('keeps interval and p-value of one mind', () => {
    const values = skewed.slice(0, 80).map((value) => value - 1.02)
    const replicates = meansOf(values)
    const estimate = averageOf(values)
    const options = { expanded: true, shrunk: true }
    const p = bootstrapPValue(estimate, replicates, options) as number
    const inside = bootstrapInterval(estimate, replicates, 1 - p * 0.97, options)
    const outside = bootstrapInterval(estimate, replicates, 1 - p * 1.03, options)
    expect(inside?.low).toBeLessThanOrEqual(0)
    expect(outside?.low).toBeGreaterThanOrEqual(0)
  })
})

describe('Student’s interval of resamples', () => {
  test('of a mean of normal numbers is the t-interval', () => {
    const values = Array.from({ length: 25 }, () => random.normal())
    const mean = averageOf(values)
    const error = Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 24 / 25)
    const { low, high } = studentInterval(mean, meansOf(values, 20_000), 0.95) as { low: number; high: number }
    expect((low + high) / 2).toBeCloseTo(mean, 12)
    // The degrees of freedom come from the kurtosis, 24 for normal numbers give or take.
    expect((high - low) / 2 / error).toBeGreaterThan(studentQuantile(0.975, 60) * 0.98)
    expect((high - low) / 2 / error).toBeLessThan(studentQuantile(0.975, 8) * 1.02)
  })
})

describe('the interval of |α| − |β|', () => {
  const draw = (a: number, b: number, correlation: number): [Replicates, Replicates, Replicates] => {
    const z = Array.from({ length: 4000 }, () => [random.normal(), random.normal()] as const)
    const x = Float64Array.from(z, ([u]) => a + u)
    const y = Float64Array.from(z, ([u, v]) => b + correlation * u + Math.sqrt(1 - correlation ** 2) * v)
    const of = (resampled: Float64Array): Replicates => ({ resampled, jackknife: [], perBlock: 1 })
    return [of(x), of(y), of(x.map((one, i) => one - (y[i] as number)))]
  }

  test('far from 0 is that of a plain difference', () => {
    const [x, y, difference] = draw(30, 20, 0.6)
    const found = absoluteDifference([30, 20], [x, y], difference, 0.95)
    const error = Math.sqrt(2 - 1.2)
    expect(found?.low).toBeCloseTo(10 - 1.96 * error, 0)
    expect(found?.high).toBeCloseTo(10 + 1.96 * error, 0)
    expect(found?.pValue).toBeLessThan(1e-9)
  })

  test('knows that −20 is as far from 0 as 20', () => {
    const [x, y, difference] = draw(20, -20, 0.6)
    const found = absoluteDifference([20, -20], [x, y], difference, 0.95)
    expect(found?.pValue).toBeGreaterThan(0.9)
    // The sum varies more than the difference here.
    expect((found?.high ?? 0) - (found?.low ?? 0)).toBeCloseTo(2 * 1.96 * Math.sqrt(2 + 1.2), 0)
  })

  test('contains 0 exactly where the p-value is above the level', () => {
    for (let at = 0; at < 40; at++) {
      const [a, b] = [4 * random.normal(), 2 * random.normal()]
      const [x, y, difference] = draw(a, b, 0.3)
      const found = absoluteDifference([a, b], [x, y], difference, 0.95)
      if (found === null || Math.abs(found.pValue - 0.05) < 0.01) continue
      expect(found.low <= 0 && found.high >= 0).toBe(found.pValue > 0.05)
    }
  })

  test('is none where too many resamples are undefined', () => {
    const [x, y, difference] = draw(1, 2, 0)
    x.resampled.fill(Number.NaN, 0, 1000)
    expect(absoluteDifference([1, 2], [x, y], difference, 0.95)).toBeNull()
  })
})

describe('blocks of a time series', () => {
  test('miss of the variance of an AR(1) series what theory says', () => {
    // Σ|k|ρ^|k| / Σρ^|k| = 2ρ/(1 − ρ²).
    const rho = 0.6
    const lags = Array.from({ length: 20 }, () => {
      const series = new Float64Array(20_000)
      series.forEach((_, i) => (series[i] = rho * (series[i - 1] ?? 0) + random.normal()))
      return serialDependence(series).lag
    })
    expect(averageOf(lags)).toBeCloseTo((2 * rho) / (1 - rho ** 2), 0)
    expect(serialDependence(Float64Array.from({ length: 5000 }, () => random.normal())).lag).toBeLessThan(1)
  })

  test('are widened by it, within bounds', () => {
    expect(blockWidening(20, 2)).toBeCloseTo(1 / Math.sqrt(0.9), 12)
    expect(blockWidening(20, 0)).toBe(1)
    expect(blockWidening(4, 1000)).toBeCloseTo(Math.SQRT2, 12)
  })
})

describe('degrees of freedom of an AUC', () => {
  test('are those of the class that it hangs on', () => {
    const labels = Float64Array.from({ length: 1000 }, (_, i) => (i < 12 ? 1 : 0))
    const scores = labels.map((label) => label + random.normal())
    const roc = delong(labels, scores)
    if (roc === null) throw new Error('both classes are there')
    expect(aucFreedom(roc)).toBeGreaterThan(11)
    expect(aucFreedom(roc)).toBeLessThan(13)
  })
})
