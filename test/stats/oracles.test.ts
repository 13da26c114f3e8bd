import { describe, expect, test } from 'vitest'
import { benjaminiHochberg } from '../../src/stats/benjamini-hochberg.ts'
import { ksTwoSample } from '../../src/stats/ks.ts'
import { wassersteinDistance } from '../../src/stats/wasserstein.ts'

/**
 * Inputs and values that stand in the tests of other projects, as they stand there: nobody here computed them. The other
 * oracles of this kind are beside what they test: DeLong (pROC's aSAH), McNemar (mlxtend), BCa (scipy, R's boot), Jensen–
 * Shannon and L∞ (TFDV), Cramér's V (scipy), fairness (fairlearn's user guide), confusion metrics and gates (TFMA).
 */

const linspace = (from: number, to: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1))
const plus = (values: readonly number[], shift: number): number[] => values.map((value) => value + shift)
const repeat = (...runs: readonly (readonly [value: number, times: number])[]): number[] =>
  runs.flatMap(([value, times]) => Array.from({ length: times }, () => value))

const x100 = linspace(1, 100, 100)
const x110 = linspace(1, 100, 110)
const x2233 = repeat([2, 3], [3, 4], [5, 5], [6, 4])
const x2356 = repeat([2, 3], [3, 4], [5, 10], [6, 4])
const x3467 = repeat([3, 10], [4, 2], [6, 10], [7, 4])

// scipy stats/tests/test_stats.py::TestKSTwoSamples, two-sided.
describe('Kolmogorov–Smirnov, scipy’s own example', () => {
  test.each([
    ['one against one', [0], [1], 1, 1],
    ['two against three, above', plus([1, 2], 0.01), [1, 2, 3], 1 / 3, 1],
    ['two against three, below', plus([1, 2], -0.01), [1, 2, 3], 2 / 3, 0.6],
    ['two against four, above', plus([1, 2], 0.01), [1, 2, 3, 4], 2 / 4, 14 / 15],
    ['two against four, below', plus([1, 2], -0.01), [1, 2, 3, 4], 3 / 4, 6 / 15],
    ['100 against 100', x100, plus(x100, 2.1), 3 / 100, 0.9999999999962055],
    ['100 against 110', x100, plus(x110, 20.1), 232 / 1100, 0.015739183865607353],
    ['100 against 110, nearer', x100, plus(x110, 19.9), 229 / 1100, 0.017803803861026313],
    ['repeated values', x2233, plus(x2233, 1), 5 / 16, 0.4262934613454952],
    ['repeated values, other sizes', x2356, x3467, 190 / 21 / 26, 0.0919245790168125],
    ['equal sizes', [1, 2, 3], [2, 3, 4], 1 / 3, 1],
  ] as const)('%s', (_, x, y, statistic, pValue) => {
    const seen = ksTwoSample([...x], [...y])
    expect(seen.statistic).toBeCloseTo(statistic, 12)
    expect(seen.pValue).toBeCloseTo(pValue, 6)
  })
})

// scipy stats/tests/test_morestats.py::TestFDRControl::test_against_TileStats (to 0.001, as there).
test('Benjamini–Hochberg, the values of TileStats that scipy tests against', () => {
  const p = [0.005, 0.009, 0.019, 0.022, 0.051, 0.101, 0.361, 0.387]
  const q = [0.036, 0.036, 0.044, 0.044, 0.082, 0.135, 0.387, 0.387]
  benjaminiHochberg(p).forEach((value, i) => expect(Math.abs(value - (q[i] as number))).toBeLessThan(0.001))
  expect(benjaminiHochberg([0.25])).toEqual([0.25])
})

// The example of scipy.stats.wasserstein_distance’s documentation.
test('Wasserstein, scipy’s own example', () => {
  expect(wassersteinDistance([0, 1], [0, 1])).toBeCloseTo(0, 12)
  expect(wassersteinDistance([0, 1, 3], [5, 6, 8])).toBeCloseTo(5, 12)
})
