import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { benjaminiHochberg } from '../../src/stats/benjamini-hochberg.ts'
import { chiSquareHomogeneity } from '../../src/stats/chi-square.ts'
import { ksOnBins, ksPValue, ksTwoSample } from '../../src/stats/ks.ts'
import { populationStabilityIndex } from '../../src/stats/psi.ts'

interface Counts {
  readonly before: number[]
  readonly now: number[]
}
interface Sized {
  readonly n: number
  readonly m: number
  readonly statistic: number
  readonly pValue: number
}
interface Golden {
  readonly psi: readonly (Counts & { value: number; bins: number })[]
  readonly chi2: readonly (Counts & { statistic: number; df: number; pValue: number })[]
  readonly ks: readonly { x: number[]; y: number[]; statistic: number; pValue: number }[]
  readonly ksExact: readonly Sized[]
  readonly ksLimit: readonly Sized[]
  readonly bh: readonly { p: number[]; q: number[] }[]
}

// Computed by test/golden/drift.py, which names the versions of scipy and numpy.
const golden = JSON.parse(readFileSync(new URL('../golden/drift.json', import.meta.url), 'utf8')) as Golden
const relative = (actual: number, expected: number): number =>
  Math.abs(actual - expected) / Math.max(Math.abs(expected), Number.MIN_VALUE)

describe('PSI', () => {
  test.each(golden.psi)('agrees with the definition: $before → $now', ({ before, now, value, bins }) => {
    const psi = populationStabilityIndex(before, now)
    expect(psi.value).toBeCloseTo(value, 12)
    expect(psi.bins).toBe(bins)
  })

  test('the example of its documentation', () => {
    expect(populationStabilityIndex([50, 50], [80, 20]).value).toBeCloseTo(0.4158883083359672, 12)
  })

  test('an empty bin counts as half a row, and at least as 0.01 %', () => {
    const small = populationStabilityIndex([100, 100], [100, 0]).value
    expect(small).toBeCloseTo(0.5 * Math.log(2) + (0.005 - 0.5) * Math.log(0.01), 12)
    const large = populationStabilityIndex([1e6, 1e6], [1e6, 0]).value
    expect(large).toBeCloseTo(0.5 * Math.log(2) + (1e-4 - 0.5) * Math.log(2e-4), 12)
  })

  test('equal shares give 0, whatever the sizes; a side without rows compares with nothing', () => {
    expect(populationStabilityIndex([10, 30, 0], [100, 300, 0])).toMatchObject({ value: 0, bins: 2 })
    expect(populationStabilityIndex([10, 30], [0, 0])).toEqual({ value: 0, bins: 0, ifUnchanged: 0 })
    expect(populationStabilityIndex([], [])).toEqual({ value: 0, bins: 0, ifUnchanged: 0 })
  })

  test('says what it would be if nothing had changed', () => {
    expect(populationStabilityIndex([50, 50, 100], [60, 60, 80]).ifUnchanged).toBeCloseTo((1 / 200 + 1 / 200) * 2, 12)
  })
})

describe('χ² homogeneity', () => {
  test.each(golden.chi2)('agrees with scipy: $before → $now', ({ before, now, statistic, df, pValue }) => {
    const result = chiSquareHomogeneity(before, now)
    expect(relative(result.statistic, statistic)).toBeLessThan(1e-11)
    expect(result.df).toBe(df)
    expect(relative(result.pValue, pValue)).toBeLessThan(1e-9)
  })

  test('cells with an expected count below 5 are pooled', () => {
    expect(chiSquareHomogeneity([100, 100, 3, 2, 4], [100, 100, 3, 4, 2])).toEqual(
      chiSquareHomogeneity([100, 100, 9], [100, 100, 9]),
    )
  })

  test('a pool that is still too small joins the smallest category', () => {
    expect(chiSquareHomogeneity([100, 50, 1], [80, 60, 1])).toEqual(chiSquareHomogeneity([100, 51], [80, 61]))
  })

  test('the category of all others is pooled with the rare ones, whatever its size', () => {
    expect(chiSquareHomogeneity([100, 90, 4, 0], [100, 90, 2, 30], { rest: 3 })).toEqual(
      chiSquareHomogeneity([100, 90, 4], [100, 90, 32]),
    )
    expect(chiSquareHomogeneity([100, 90, 0], [100, 90, 30], { rest: 2 }).df).toBe(2)
  })

  test('nothing to compare gives p = 1, never NaN', () => {
    for (const [a, b] of [
      [[], []],
      [[5], [7]],
      [
        [0, 0],
        [3, 4],
      ],
      [
        [2, 1],
        [1, 2],
      ],
    ] as const)
      expect(chiSquareHomogeneity(a, b)).toEqual({ statistic: 0, df: 0, pValue: 1 })
  })
})

describe('two-sample Kolmogorov–Smirnov', () => {
  test.each(golden.ks.map((item, index) => ({ ...item, index })))(
    'agrees with scipy’s exact test, ties included: sample $index',
    ({ x, y, statistic, pValue }) => {
      const result = ksTwoSample(x, y)
      expect(result.statistic).toBeCloseTo(statistic, 14)
      expect(relative(result.pValue, pValue)).toBeLessThan(1e-12)
      expect(result.method).toBe('exact')
    },
  )

  test.each(golden.ksExact)('the exact p-value of D = $statistic, $n and $m rows', ({ statistic, n, m, pValue }) => {
    expect(relative(ksPValue(statistic, n, m).pValue, pValue)).toBeLessThan(1e-12)
    expect(relative(ksPValue(statistic, m, n).pValue, pValue)).toBeLessThan(1e-12)
  })

  test.each(golden.ksLimit)('the asymptotic p-value $pValue, $n and $m rows', ({ statistic, n, m, pValue }) => {
    const result = ksPValue(statistic, n, m)
    const size = (n * m) / (n + m)
    expect(result.method).toBe('asymptotic')
    const absolute = size < 200 ? 0.016 : 0.003
    const tolerance = pValue > 0.02 ? absolute : pValue * (size < 2000 ? 1e-6 : 0.01)
    expect(Math.abs(result.pValue - pValue)).toBeLessThan(tolerance)
  })

  test('on bins D is taken at the edges only: never above that of the raw samples', () => {
    expect(ksOnBins([1, 1, 1, 1, 0], [0, 0, 1, 1, 2]).statistic).toBe(0.5)
    expect(ksOnBins([4], [9])).toMatchObject({ statistic: 0, pValue: 1 })
  })

  test('a sample without rows gives p = 1, never NaN', () => {
    expect(ksOnBins([1, 2], [0, 0])).toEqual({ statistic: 0, pValue: 1, method: 'exact' })
    expect(ksTwoSample([], [1, 2])).toEqual({ statistic: 0, pValue: 1, method: 'exact' })
  })

  test('p falls as D rises, also where the method changes', () => {
    for (const [n, m] of [
      [100000, 60],
      [100000, 5000],
      [1000, 1000],
    ] as const) {
      let previous = 2
      for (let d = 0.001; d < 0.6; d *= 1.02) {
        const { pValue } = ksPValue(d, n, m)
        expect(pValue).toBeLessThanOrEqual(previous * (1 + 1e-6) + 1e-12)
        previous = pValue
      }
    }
  })
})

describe('Benjamini–Hochberg', () => {
  test.each(golden.bh)('agrees with scipy: $p', ({ p, q }) => {
    const result = benjaminiHochberg(p)
    result.forEach((value, i) => expect(relative(value, q[i] as number)).toBeLessThan(1e-12))
  })

  test('no tests, no q-values', () => expect(benjaminiHochberg([])).toEqual([]))
})
