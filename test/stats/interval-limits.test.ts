import { describe, expect, test } from 'vitest'
import { absoluteDifference } from '../../src/stats/absolute-difference.ts'
import { bootstrapInterval, bootstrapPValue, smallSample, studentInterval } from '../../src/stats/bca.ts'
import { lowerBound } from '../../src/stats/confidence-sequence.ts'
import { type DeLong, aucVariance, delong, delongTest } from '../../src/stats/delong.ts'
import { logEMean } from '../../src/stats/e-process.ts'
import { hochberg } from '../../src/stats/hochberg.ts'
import { mcnemar, wilson } from '../../src/stats/proportion.ts'
import { studentQuantile } from '../../src/stats/special.ts'

// Values: the published formulas in numpy 2.4.6 and scipy 1.17.1; statsmodels 0.15.0 where it is named.

const A = [1, 2, 3, 6]
const B = [0, 0, 1, 5, 2]
const D = Array.from({ length: 40 }, (_, i) => (i < 39 ? 0 : 1))
const resampled = Float64Array.from({ length: 99 }, (_, i) => ((i * 37) % 101) / 50 - 0.7)
const replicates = (jackknife: readonly (readonly number[])[], perBlock = 1, widening?: number) => ({
  resampled,
  jackknife: jackknife.map((values) => Float64Array.from(values)),
  perBlock,
  widening,
})

test.each([
  [[A], 1, undefined, 8, 1.1547005383792515],
  [[A, B], 1, undefined, 13.864169515655743, 1.1334696652173395],
  [[A, [7], [3, 3, 3]], 1, undefined, 8, 1.1547005383792515],
  [[A], 3, undefined, 12, 1.044465935734187],
  [[D], 3, undefined, 2.241379310344828, 1.0041928905068676],
  [[D], 1, undefined, 2.1606648199445986, 1.0127393670836666],
  [[A], 1, 1.25, 8, 1.4433756729740643],
  [[[1, -1, 1, -1]], 1, undefined, 1e6, 1.1547005383792515],
  [[[1, -1, 1, -1]], 2, undefined, 8, 1.0690449676496976],
  [[[Number.NaN, ...A]], 1, undefined, 8, 1.1547005383792515],
  [[], 1, 3, 1e6, 1],
])('degrees of freedom and widening of %j', (jackknife, perBlock, widening, df, expected) => {
  const found = smallSample(replicates(jackknife, perBlock, widening))
  expect(found.df).toBeCloseTo(df, 9)
  expect(found.widening).toBeCloseTo(expected, 12)
})

describe('interval and p-value of replicates', () => {
  test.each([
    [0.31, [A, B], 0.9, {}, 1, undefined, -0.6226755733393214, 1.1810256009326952, 'BCa', 0.6867729203922004],
    [0.31, [D], 0.95, { expanded: true }, 1, undefined, -0.7, 1.28700960359975, 'BCa', 0.736854904845158],
    [
      0.31,
      [A, B],
      0.8,
      { shrunk: true },
      1,
      undefined,
      -0.504343283947011,
      1.103657067245755,
      'BCa',
      0.6997451422934938,
    ],
    [0.31, [A, B], 0.9, { percentile: true }, 1, undefined, -0.602, 1.202, 'percentile', 0.7],
    [
      0.31,
      [A, B],
      0.5,
      { expanded: true },
      1,
      1.25,
      -0.3903701899361938,
      0.9705217101671522,
      'BCa',
      0.7801539360792237,
    ],
    [9, [A], 0.9, {}, 1, undefined, -0.602, 1.202, 'percentile', 0.7],
    [
      0.31,
      [D],
      0.5,
      { expanded: true, shrunk: true },
      3,
      undefined,
      -0.28631671184508506,
      0.8862723328298806,
      'BCa',
      0.7345759311600406,
    ],
    [1.2, [D], 0.99, {}, 1, undefined, 0.6438867363278793, 1.2999580679241423, 'BCa', 0.0019665998599330257],
  ] as const)('of %d, %j, %d %j', (estimate, jackknife, level, options, perBlock, widening, low, high, kind, p) => {
    const given = replicates(jackknife, perBlock, widening)
    expect(bootstrapInterval(estimate, given, level, options)).toEqual({
      low: expect.closeTo(low, 9),
      high: expect.closeTo(high, 9),
      kind,
    })
    expect(bootstrapPValue(estimate, given, options)).toBeCloseTo(p, 9)
  })

  test.each([
    [[A, B], 0.9, 1.177578626232192],
    [[D], 0.95, 2.3938709726103453],
  ])('Student’s, of %j at %d', (jackknife, level, reach) => {
    expect(studentInterval(2, replicates(jackknife), level)).toEqual({
      low: expect.closeTo(2 - reach, 9),
      high: expect.closeTo(2 + reach, 9),
    })
  })
})

// The range over four million points of the border of the ellipse. At a kink 1,440 points are off by half a step: 0.22 % of
// what the region reaches.
test.each([
  [2, 1.5, -2.8700456867207365, 3.8699552493224783, 0.7858843190369665],
  [-2, 1.5, -1.4733605834167602, 2.47336058341676, 0.6445205538928598],
  [0.3, -0.2, -1.6142447108836262, 1.997033501432575, 0.9258838765845026],
  [5, -9, -5.97336058341676, -2.02663941658324, 0.006653276116123904],
  [1, 1, -2.79215186171169, 3.0948885822161243, 1],
  [1, -1, -1.9464385016757668, 1.97336058341676, 1],
])('|%d| − |%d|', (a, b, low, high, pValue) => {
  const digits = Math.abs(a) <= 1 ? 2 : 4
  const of = (values: number[]) => ({ ...replicates([B]), resampled: Float64Array.from(values) })
  const found = absoluteDifference(
    [a, b],
    [of([1, 2, 4, 3, 2.5, 1.5]), of([2, 1.5, 1, 2.2, 0.4, 3])],
    replicates([B]),
    0.9,
  )
  expect(found).toEqual({
    low: expect.closeTo(low, digits),
    high: expect.closeTo(high, digits),
    pValue: expect.closeTo(pValue, 9),
  })
})

test.each([
  [[1, 2], 0.05, -7.024201087250452],
  [[0, 1, 0, 1, 1, 1, 0.5], 0.05, -0.09105744202289223],
  [Array.from({ length: 40 }, (_, i) => i), 0.01, 12.755813504891666],
  [[3, 3, 3], 0.05, 3],
  [[3], 0.05, -Infinity],
])('the confidence sequence of %j at %d', (values, alpha, expected) => {
  if (Number.isFinite(expected)) expect(lowerBound(values, alpha)).toBeCloseTo(expected, 9)
  else expect(lowerBound(values, alpha)).toBe(expected)
})

test.each([
  [200, 160, 136, 0.65, 16.589270107697242],
  [10, 5, 2.6, 0.5, -0.07808103580778356],
  [3, 3, 3, 0.2, 0.34877367818635946],
  [50, 5, 1, 0.3, -3.335323063692423],
  [4, 2, 2, 0.5, -0.44405878130050364],
])('log E of %d values of sum %d', (n, sum, sumSquares, bound, expected) => {
  expect(logEMean({ n, sum, sumSquares }, bound)).toBeCloseTo(expected, 7)
})

// multipletests(method='simes-hochberg')
test.each([
  [
    [0.9, 0.8],
    [0.9, 0.9],
  ],
  [
    [0.001, 0.2, 0.05, 0.6],
    [0.004, 0.4, 0.15, 0.6],
  ],
  [[0.5], [0.5]],
  [[], []],
])('Hochberg of %j', (p, expected) => expect(hochberg(p)).toEqual(expected.map((value) => expect.closeTo(value, 12))))

test('DeLong’s test of two models with ties: the components by comparing all pairs', () => {
  const labels = Float64Array.of(0, 1, 0, 1, 1, 0, 0, 1)
  const a = delong(labels, Float64Array.of(1, 2, 3, 4, 3, 2, 2, 5)) as DeLong
  const b = delong(labels, Float64Array.of(2, 1, 3, 3, 5, 2, 1, 4)) as DeLong
  expect(a).toEqual({
    auc: 0.84375,
    positives: Float64Array.of(0.5, 1, 0.875, 1),
    negatives: Float64Array.of(1, 0.625, 0.875, 0.875),
  })
  expect(aucVariance(a)).toBeCloseTo(0.020182291666666668, 12)
  expect(delongTest(a, b)).toEqual({
    difference: 0.09375,
    variance: expect.closeTo(0.014973958333333332, 12),
    z: expect.closeTo(0.7661308776828737, 10),
    pValue: expect.closeTo(0.4435984319578372, 10),
  })
  expect(delongTest(a, a)).toEqual({ difference: 0, variance: 0, z: 0, pValue: 1 })
})

// proportion_confint(method='wilson')
test.each([
  [0, 10, 0.95, 0, 0.2775327998628892],
  [1, 1, 0.9, 0.269865948784054, 1],
  [1, 3, 0.5, 0.1828172501586131, 0.5277418231406088],
])('Wilson of %d of %d at %d', (k, n, level, low, high) => {
  expect(wilson(k, n, level)).toEqual({ low: expect.closeTo(low, 12), high: expect.closeTo(high, 12) })
})

test.each([
  [0, 0, 1, 1],
  [0, 1, 1, 0.5],
  [1, 1, 1, 0.75],
  [2, 2, 1, 0.8125],
  [3, 0, 0.25, 0.125],
  [5, 7, 0.7744140625, 0.5810546875],
])('McNemar of %d and %d', (b, c, exact, midP) => {
  expect(mcnemar(b, c)).toEqual({ exact: expect.closeTo(exact, 12), midP: expect.closeTo(midP, 12) })
})

// scipy.stats.t.ppf
test.each([
  [0.75, 1, 1],
  [0.25, 1, -1],
  [0.5, 4, 0],
  [0.9, 1.5, 2.1963984175655376],
  [0.99999, 2, 223.60344363454604],
  [0.999999999999, 2.5, 55306.663471176085],
  [0.995, 1000, 2.580754698065951],
])('Student’s quantile at %d with %d degrees of freedom', (p, df, t) => {
  expect(Math.abs(studentQuantile(p, df) - t)).toBeLessThan(2e-4 * (Math.abs(t) > 1000 ? Math.abs(t) : 1e-7))
})

test('Student’s quantile without degrees of freedom is none', () => {
  expect(studentQuantile(0.9, 0)).toBeNaN()
  expect(studentQuantile(0.9, Number.NaN)).toBeNaN()
  expect(studentQuantile(1, 3)).toBe(Infinity)
})
