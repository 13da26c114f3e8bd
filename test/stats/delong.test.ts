import { describe, expect, test } from 'vitest'
import { aucDifferenceVariance, aucFreedom, aucVariance, type DeLong, delong } from '../../src/stats/delong.ts'
import { midranks } from '../../src/stats/midrank.ts'
import { normalQuantile, normalTwoSided } from '../../src/stats/special.ts'
import { readGolden } from '../evaluation/golden.ts'

interface Asah {
  readonly labels: readonly number[]
  readonly ranks: Readonly<Record<string, readonly number[]>>
  readonly tests: readonly { a: string; b: string; z: number; p: number; low: number; high: number }[]
}

const asah = readGolden<Asah>('asah.json')
const curve = (name: string): DeLong =>
  delong(Float64Array.from(asah.labels), Float64Array.from(asah.ranks[name] ?? [])) as DeLong

describe('DeLong', () => {
  for (const { a, b, z, p, low, high } of asah.tests) {
    test(`agrees with pROC’s own test of ${a} against ${b}`, () => {
      const one = curve(a)
      const other = curve(b)
      const difference = one.auc - other.auc
      const error = Math.sqrt(aucDifferenceVariance(one, other))
      expect(difference / error).toBeCloseTo(z, 9)
      expect(normalTwoSided(difference / error)).toBeCloseTo(p, 10)
      expect(difference - normalQuantile(0.975) * error).toBeCloseTo(low, 10)
      expect(difference + normalQuantile(0.975) * error).toBeCloseTo(high, 10)
    })
  }

  test('a model differs from itself by exactly nothing', () => {
    expect(aucDifferenceVariance(curve('ndka'), curve('ndka'))).toBe(0)
  })

  test('counts ties as a half', () => {
    expect(delong(Float64Array.of(0, 1, 0, 1), Float64Array.of(1, 1, 1, 1))?.auc).toBe(0.5)
    expect(delong(Float64Array.of(0, 1, 0, 1), Float64Array.of(1, 2, 3, 4))?.auc).toBe(0.75)
  })

  test('its degrees of freedom are Welch’s and Satterthwaite’s', () => {
    // Variances 1 of 3 positives and 4 of 5 negatives: (1/3 + 4/5)² / ((1/3)²/2 + (4/5)²/4).
    const one: DeLong = { auc: 0, positives: Float64Array.of(1, 2, 3), negatives: Float64Array.of(0, 0, 2, 4, 4) }
    const zero: DeLong = { auc: 0, positives: new Float64Array(3), negatives: new Float64Array(5) }
    const expected = (1 / 3 + 4 / 5) ** 2 / ((1 / 3) ** 2 / 2 + (4 / 5) ** 2 / 4)
    expect(aucFreedom(one)).toBeCloseTo(expected, 12)
    expect(aucFreedom(one, zero)).toBeCloseTo(expected, 12)
    // Equal samples of n without a common variance: 2(n − 1), the most there can be.
    const even: DeLong = { auc: 0, positives: Float64Array.of(1, 2, 3), negatives: Float64Array.of(4, 5, 6) }
    expect(aucFreedom(even)).toBeCloseTo(4, 12)
    expect(aucFreedom(one, one)).toBe(1e6)
  })

  test('is undefined with one class, and its variance with one row of a class', () => {
    expect(delong(Float64Array.of(1, 1), Float64Array.of(1, 2))).toBeNull()
    const single = delong(Float64Array.of(0, 1, 1), Float64Array.of(1, 2, 3)) as DeLong
    expect(aucVariance(single)).toBeNaN()
  })
})

test('equal values share the mean of their ranks', () => {
  expect([...midranks(Float64Array.of(10, 20, 10))]).toEqual([1.5, 3, 1.5])
  expect([...midranks(Float64Array.of(3, 3, 3, 1))]).toEqual([3, 3, 3, 1])
  expect([...midranks(new Float64Array(0))]).toEqual([])
})
