import { describe, expect, test } from 'vitest'
import { benjaminiHochberg } from '../../src/stats/benjamini-hochberg.ts'
import { ksOnBins, ksPValue, ksTwoSample } from '../../src/stats/ks.ts'
import { wassersteinDistance } from '../../src/stats/wasserstein.ts'

// Inputs and values that no one here computed: scipy 1.17.1, `scipy/stats/tests`, and those it took over from R.

const linspace = (from: number, to: number, n: number): number[] =>
  Array.from({ length: n }, (_, i) => from + ((to - from) * i) / (n - 1))
const plus = (values: readonly number[], by: number): number[] => values.map((value) => value + by)
const times = (...groups: readonly (readonly [value: number, times: number])[]): number[] =>
  groups.flatMap(([value, n]) => Array.from({ length: n }, () => value))

const x100 = linspace(1, 100, 100)
const x110 = linspace(1, 100, 110)
const x2233 = times([2, 3], [3, 4], [5, 5], [6, 4])
const x2356 = times([2, 3], [3, 4], [5, 10], [6, 4])
const x3467 = times([3, 10], [4, 2], [6, 10], [7, 4])

describe('Kolmogorov–Smirnov: test_stats.py, TestKSTwoSamples, two-sided', () => {
  test.each([
    ['testSmall', [0], [1], 1, 1],
    ['testTwoVsThree', [1.01, 2.01], [1, 2, 3], 1 / 3, 1],
    ['testTwoVsThree, below', [0.99, 1.99], [1, 2, 3], 2 / 3, 0.6],
    ['testTwoVsFour', [1.01, 2.01], [1, 2, 3, 4], 2 / 4, 14 / 15],
    ['testTwoVsFour, below', [0.99, 1.99], [1, 2, 3, 4], 3 / 4, 6 / 15],
    ['test100_100', x100, plus(x100, 2.1), 3 / 100, 0.9999999999962055],
    ['test100_110', x100, plus(x110, 20.1), 232 / 1100, 0.015739183865607353],
    ['test100_110, below', x100, plus(x110, 19.9), 229 / 1100, 0.017803803861026313],
    ['testRepeatedValues', x2233, plus(x2233, 1), 5 / 16, 0.4262934613454952],
    ['testRepeatedValues, unequal', x2356, x3467, 190 / 21 / 26, 0.0919245790168125],
    ['testEqualSizes', [1, 2, 3], [2, 3, 4], 1 / 3, 1],
  ] as const)('%s', (_name, x, y, statistic, pValue) => {
    const found = ksTwoSample(x, y)
    expect(found.statistic).toBeCloseTo(statistic, 12)
    expect(found.method).toBe('exact')
    expect(Math.abs(found.pValue - pValue) / pValue).toBeLessThan(1e-9)
  })

  // Far out in the tail the asymptotic one is good to a digit. scipy's own two-sided value of testLarge, 4.2e-15, is what is
  // left of 1 − 1; the truth is twice the one-sided tail.
  test.each([
    ['testLarge', 55_275 / 110_000, 10_000, 110, 2 * 3.1317328311518713e-26],
    ['test_gh11184_bigger', 0.10597913208679133, 10_000, 10_001, 3.3149311398483503e-49],
  ])('%s, too many rows to be exact', (_name, statistic, n, m, expected) => {
    const found = ksPValue(statistic, n, m)
    expect(found.method).toBe('asymptotic')
    expect(Math.abs(found.pValue - expected) / expected).toBeLessThan(0.15)
  })

  test('100 and 110 rows are few enough to be exact: neither scipy’s kstwo (.01654) nor the limit (.01893)', () => {
    expect(ksPValue(232 / 1100, 100, 110)).toMatchObject({ method: 'exact' })
    expect(ksPValue(232 / 1100, 100, 110).pValue).toBeCloseTo(0.01574, 5)
  })

  test('the test on bins is the test on rows where every value has a bin of its own', () => {
    const values = [2, 3, 4, 5, 6, 7]
    const bins = (rows: readonly number[]): number[] =>
      values.map((value) => rows.filter((row) => row === value).length)
    const { statistic, pValue } = ksOnBins(bins(x2356), bins(x3467))
    expect(statistic).toBeCloseTo(190 / 21 / 26, 12)
    expect(pValue).toBeCloseTo(0.0919245790168125, 10)
  })
})

// Whole weights stand for so many rows of a value.
test.each([
  ['test_simple', [0, 1], [0], 0.5],
  ['test_simple, weights 3 and 1', [0, 0, 0, 1], [0], 0.25],
  ['test_simple, [0, 2]', [0, 2], [0], 1],
  ['test_simple, three values', [0, 1, 2], [1, 2, 3], 1],
  ['test_same_distribution', [1, 2, 3], [2, 1, 3], 0],
  ['test_same_distribution, weights', [1, 1, 1, 4], [4, 1, 1, 1], 0],
  ['test_shift', [0], [1], 1],
  ['test_shift across 0', [-5], [5], 10],
  ['test_shift of five', [1, 2, 3, 4, 5], [11, 12, 13, 14, 15], 10],
  ['test_shift, weights', [4.5, 4.5, 4.5, 6.7, 2.1], [4.6, 7, 7, 7, 9.2], 2.5],
])('Wasserstein: test_stats.py, TestWassersteinDistance, %s', (_name, x, y, distance) => {
  expect(wassersteinDistance(x, y)).toBeCloseTo(distance, 12)
})

describe('Benjamini–Hochberg: test_morestats.py, TestFDRControl', () => {
  test('test_against_TileStats', () => {
    const q = benjaminiHochberg([0.005, 0.009, 0.019, 0.022, 0.051, 0.101, 0.361, 0.387])
    const expected = [0.036, 0.036, 0.044, 0.044, 0.082, 0.135, 0.387, 0.387]
    expected.forEach((value, i) => expect(Math.abs((q[i] as number) - value)).toBeLessThan(1e-3))
  })

  test('test_against_R, with a tie', () => {
    const q = benjaminiHochberg([
      0.22155324617906308, 0.0011400256607475624, 0.016956141450127922, 0.04105189560873919, 0.05592919759227762,
      0.0036829815530863884, 0.1403262673826463, 0.04105189560873919, 0.03648130302125419, 0.254640823272164,
    ])
    const expected = [
      0.24617028, 0.0114003, 0.05652047, 0.06841983, 0.07989886, 0.0184149, 0.17540784, 0.06841983, 0.06841983,
      0.25464082,
    ]
    expected.forEach((value, i) => expect(q[i]).toBeCloseTo(value, 6))
  })
})
