import { describe, expect, test } from 'vitest'
import { chiSquareMean } from '../../src/stats/chi-square-mean.ts'
import { chiSquareHomogeneity } from '../../src/stats/chi-square.ts'
import { balancedCramersV, cramersV } from '../../src/stats/cramers-v.ts'
import { hellingerDistance, jensenShannonDistance, lInfinity } from '../../src/stats/distance.ts'
import { ksIfUnchanged, ksOnBins, ksPValue, ksTwoSample } from '../../src/stats/ks.ts'
import { populationStabilityIndex } from '../../src/stats/psi.ts'
import { wassersteinDistance, wassersteinOnBins } from '../../src/stats/wasserstein.ts'

// The statistics of drift at their limits. Values: scipy 1.17.1, by the call named at each table; or by hand.

const relative = (actual: number, expected: number): number => Math.abs(actual / expected - 1)

describe('distances', () => {
  // jensenshannon(p, q, 2), √(½Σ(√p − √q)²), max |p − q|; E of the first two by Wilson & Hilferty: np.mean over norm.ppf((i + .5)/64).
  test.each([
    [[50, 50], [80, 20], 0.27037752852596664, 0.22653190051179592, 0.3, 0.047259773804431866, 0.03934634260314952],
    [[1, 0], [0, 1], 1, 1, 1, 0.4507493806153359, 0.3861208386073329],
    [[10, 0, 5, 3], [0, 7, 5, 9], 0.6989757382261915, 0.6896133033452557, 5 / 9, 0.21729699050532, 0.1809116114358947],
    [[3, 3, 0], [6, 6, 0], 0, 0, 0, 0.1670885326722807, 0.1391103283478809],
    [
      [1, 2, 3, 4],
      [40, 30, 20, 11],
      0.38273872403358744,
      0.3237361917772696,
      0.2960396039603961,
      0.22426841329972,
      0.18671570162970674,
    ],
    [[5], [9], 0, 0, 0, 0, 0],
    [
      [1000, 1],
      [999, 2],
      0.011073123405683307,
      0.009264214726111613,
      0.000999000999,
      0.014937385865943826,
      0.012436189481333352,
    ],
  ])('%j → %j', (before, now, js, hellinger, largest, jsIfUnchanged, hellingerIfUnchanged) => {
    const [one, two] = [jensenShannonDistance(before, now), hellingerDistance(before, now)]
    expect(one.value).toBeCloseTo(js, 12)
    expect(one.ifUnchanged).toBeCloseTo(jsIfUnchanged, 12)
    expect(two.value).toBeCloseTo(hellinger, 12)
    expect(two.ifUnchanged).toBeCloseTo(hellingerIfUnchanged, 12)
    expect(lInfinity(before, now).value).toBeCloseTo(largest, 12)
  })

  // ∫ 1 − Π(2Φ(t/σᵢ) − 1) dt by scipy.integrate.quad; for two bins √(2/π)·σ would count each of the two.
  test.each([
    [[50, 50], [80, 20], 0.07611333607551958],
    [[1, 0], [0, 1], 0.7978845608028655],
    [[10, 0, 5, 3], [0, 7, 5, 9], 0.20284687480743344],
    [[3, 3, 0], [6, 6, 0], 0.2820947917738782],
    [[1, 2, 3, 4], [40, 30, 20, 11], 0.20687043929598342],
    [[1000, 1], [999, 2], 0.0019509941612663717],
  ])('the largest of the changes of %j → %j, if nothing had changed', (before, now, expected) => {
    expect(relative(lInfinity(before, now).ifUnchanged, expected)).toBeLessThan(2e-4)
  })

  test('of a single bin that holds rows is 0, and so is what it would be', () => {
    for (const distance of [jensenShannonDistance, hellingerDistance, lInfinity]) {
      expect(distance([0, 4, 0], [0, 9, 0])).toEqual({ value: 0, ifUnchanged: 0 })
    }
  })

  test.each([jensenShannonDistance, hellingerDistance, lInfinity])(
    'bins that one side does not list hold nothing there',
    (distance) => {
      expect(distance([3, 2, 5], [4, 6])).toEqual(distance([3, 2, 5], [4, 6, 0]))
      expect(distance([0, 0], [1, 2])).toEqual({ value: 0, ifUnchanged: 0 })
    },
  )
})

// np.mean([f(df·max(0, 1 − s + z√s)³) for z in norm.ppf((i + .5)/64)]), s = 2/(9 df)
test.each([
  [9, Math.sqrt, 2.917276444298079],
  [1, Math.sqrt, 0.7869268520629904],
  [3, (x: number) => x, 2.9866274107313595],
  [1, (x: number) => x, 0.9796229606709494],
  [2, (x: number) => x * x, 7.670078727597345],
  [0, (x: number) => x + 7, 7],
  [-1, (x: number) => x + 7, 7],
])('the mean of a function of χ² with %d degrees of freedom', (df, f, expected) => {
  expect(chiSquareMean(df, f)).toBeCloseTo(expected, 12)
})

describe('Cramér’s V', () => {
  // scipy.stats.contingency.association(method='cramer'), and Bergsma’s correction of chi2_contingency(correction=False).
  test.each([
    [
      [
        [10, 20, 30],
        [6, 9, 17],
      ],
      0.05433137570422292,
      0,
    ],
    [
      [
        [100, 203],
        [280, 100],
      ],
      0.4068091019628278,
      0.40530017553742625,
    ],
    [
      [
        [1, 2, 3],
        [4, 50, 6],
        [7, 8, 90],
      ],
      0.5436668033580799,
      0.5358988378600081,
    ],
    [
      [
        [1, 1],
        [0, 1],
      ],
      0.5,
      0,
    ],
    [
      [
        [5, 0, 5],
        [0, 9, 1],
      ],
      0.9128709291752769,
      0.8766518798921944,
    ],
    [
      [
        [2, 0],
        [0, 2],
      ],
      1,
      1,
    ],
    // Empty rows and columns are left out, and a row that lists fewer columns holds nothing in the others.
    [
      [
        [5, 0, 5, 0],
        [0, 9, 1, 0],
        [0, 0, 0, 0],
      ],
      0.9128709291752769,
      0.8766518798921944,
    ],
    [[[5], [0, 9, 1]], 1, Math.sqrt(12 / 13)],
    [[], 0, 0],
    [[[4, 5]], 0, 0],
    [[[4], [5]], 0, 0],
    [
      [
        [0, 0],
        [0, 0],
      ],
      0,
      0,
    ],
    [
      [
        [0.5, 0],
        [0, 0.5],
      ],
      0,
      0,
    ],
  ])('of %j', (table, plain, corrected) => {
    expect(cramersV(table, { corrected: false })).toBeCloseTo(plain, 12)
    expect(cramersV(table)).toBeCloseTo(corrected, 12)
  })

  // The same of the table in which both samples count 4nm/(n + m)/2 rows; its mean as above.
  test.each([
    [[500, 500], [800, 200], 0.3137675866785772, 0.007506927773916576],
    [[50, 30, 0, 20], [10, 30, 0, 25], 0.35488393914847993, 0.0362328129683448],
    [[900, 100], [7, 3], 0.19382754015839612, 0.05316845345733243],
    [[2, 0], [0, 2], 1, 0.1520587515359774],
    [[1, 1, 1], [1, 0, 2], 0, 0.16579179514384315],
    [[1, 0], [0, 1], 0, 0],
    [[5, 0], [7, 0], 0, 0],
    // Half a row each: fewer than two rows in all, of which nothing is known.
    [[0.5, 0], [0, 0.5], 0, 0],
    [[5, 3], [7], 0.2828427124746192, 0],
  ])('balanced, of %j → %j', (before, now, value, ifUnchanged) => {
    const found = balancedCramersV(before, now)
    if (now.length === before.length) {
      expect(found.value).toBeCloseTo(value, 12)
      expect(found.ifUnchanged).toBeCloseTo(ifUnchanged, 12)
    } else expect(found).toEqual(balancedCramersV(before, [...now, 0]))
  })
})

describe('Wasserstein', () => {
  test.each([
    [[3, 1, 0], [5, 6, 8], 5],
    [[0, 0, 0, 5], [0, 5], 1.25],
    [[1, 2, 2, 9], [2, 2, 3], 11 / 6],
    [[7], [7], 0],
    [[-3, 4], [10], 9.5],
    [[], [3], 0],
    [[3], [], 0],
    [[-Infinity, 1], [-Infinity, 2], 0.5],
  ])('of %j and %j: scipy.stats.wasserstein_distance, either way round', (x, y, expected) => {
    expect(wassersteinDistance(x, y)).toBeCloseTo(expected, 12)
    expect(wassersteinDistance(y, x)).toBeCloseTo(expected, 12)
  })

  const bins = { edges: [0, 1, 3] }
  const root = (n: number, m: number): number => Math.sqrt((1 / n + 1 / m) * (2 / Math.PI))
  test.each([
    // F is 0, ½, 1 at the edges, G 0, 1, 1: a triangle of height ½ over either bin.
    [
      'even within a bin',
      bins,
      { counts: [0, 1, 1, 0] },
      { counts: [0, 2, 0, 0] },
      0.75,
      root(2, 2) * Math.sqrt(3 / 16) * 1.5,
    ],
    // The difference is ½ at the first edge, −½ at the next, 0 at the last: two triangles, and one.
    [
      'where the curves cross',
      bins,
      { counts: [1, 0, 1, 0] },
      { counts: [0, 2, 0, 0] },
      0.75,
      root(2, 2) * (Math.sqrt(3 / 16) + Math.sqrt(3 / 16)),
    ],
    // 0.25 at the first edge, −0.75 at the second: (¼² + ¾²) / 2, then ¾.
    [
      'where they cross nearer to one side',
      bins,
      { counts: [1, 0, 3, 0] },
      { counts: [0, 1, 0, 0] },
      0.3125 + 0.75,
      root(4, 1) * ((0.4 + Math.sqrt(0.24)) / 2 + Math.sqrt(0.24)),
    ],
    [
      'values on the edges',
      { ...bins, discrete: true },
      { counts: [1, 0, 1, 0] },
      { counts: [0, 2, 0, 0] },
      0.5 * 1 + 0.5 * 2,
      root(2, 2) * (Math.sqrt(3 / 16) + 2 * Math.sqrt(3 / 16)),
    ],
    [
      'beyond the edges',
      bins,
      { counts: [2, 0, 0, 2], below: 3, above: 8 },
      { counts: [1, 0, 0, 1], below: 4, above: 1 },
      4 / 2 - 3 / 4 + (8 / 4 - 1 / 2),
      root(4, 2) * 1.5,
    ],
    [
      'beyond the edges of one sample',
      bins,
      { counts: [2, 0, 0, 2] },
      { counts: [1, 0, 0, 1], below: 4, above: 1 },
      2.5,
      root(4, 2) * 1.5,
    ],
    [
      'beyond the edges of the other',
      bins,
      { counts: [1, 0, 0, 1], below: 4, above: 1 },
      { counts: [2, 0, 0, 2] },
      2.5,
      root(4, 2) * 1.5,
    ],
    [
      'of bins that are not listed',
      bins,
      { counts: [0, 1, 1] },
      { counts: [0, 2] },
      0.75,
      root(2, 2) * Math.sqrt(3 / 16) * 1.5,
    ],
    ['of no rows before', bins, { counts: [0, 0] }, { counts: [1, 1] }, 0, 0],
    ['of no rows now', bins, { counts: [1, 1] }, { counts: [0, 0] }, 0, 0],
    ['of no edges', { edges: [] }, { counts: [4], below: 1 }, { counts: [9], below: 7 }, 0, 0],
  ])('on bins: %s', (_name, scale, before, now, value, ifUnchanged) => {
    const found = wassersteinOnBins(scale, before, now)
    expect(found.value).toBeCloseTo(value, 12)
    expect(found.ifUnchanged).toBeCloseTo(ifUnchanged, 12)
  })
})

describe('PSI', () => {
  test.each([
    [[50, 50], [80, 20], 0.3 * Math.log(1.6) + 0.3 * Math.log(2.5), 2, 1 / 50],
    [[5, 0, 5], [5, 0, 5], 0, 2, 1 / 5],
    // An empty bin is half a row of ten.
    [[0, 10], [5, 5], 0.45 * Math.log(10) + 0.5 * Math.log(2), 2, 1 / 5],
    [[5, 5], [10], 0.5 * Math.log(2) + 0.45 * Math.log(10), 2, 1 / 5],
    [[7], [3], 0, 1, 0],
  ])('of %j → %j', (before, now, value, bins, ifUnchanged) => {
    const found = populationStabilityIndex(before, now)
    expect(found.value).toBeCloseTo(value, 12)
    expect(found.bins).toBe(bins)
    expect(found.ifUnchanged).toBeCloseTo(ifUnchanged, 12)
  })

  test('nothing compares with nothing', () => {
    expect(populationStabilityIndex([0], [3])).toEqual({ value: 0, bins: 0, ifUnchanged: 0 })
    expect(populationStabilityIndex([3], [0])).toEqual({ value: 0, bins: 0, ifUnchanged: 0 })
  })
})

describe('χ² homogeneity: which cells stand for themselves', () => {
  const df = (...given: Parameters<typeof chiSquareHomogeneity>): number => chiSquareHomogeneity(...given).df
  test.each([
    // Samples of one size: a category of ten rows is expected five times in each, one of nine is pooled.
    ['ten rows of two equal samples', [5, 5, 90], [5, 5, 90], {}, 2],
    ['nine rows join the smallest other', [4, 50, 46], [5, 50, 45], {}, 1],
    ['two of nine rows are a pool of eighteen', [4, 5, 91], [5, 4, 91], {}, 1],
    ['the smaller sample decides', [30, 30, 240], [10, 5, 85], {}, 2],
    ['and here one row less', [15, 45, 240], [4, 11, 85], {}, 1],
    ['an own limit', [4, 6, 90], [6, 4, 90], { minExpected: 6 }, 1],
    ['an own limit that is met', [6, 6, 88], [6, 6, 88], { minExpected: 6 }, 2],
    ['a pool that is large enough stands alone', [3, 2, 95], [2, 3, 95], {}, 1],
    ['all are small: there is but the pool', [4, 4], [4, 4], {}, 0],
    ['the only large one takes the pool', [1, 99], [0, 100], {}, 0],
    ['all others are pooled although many', [30, 3, 67], [30, 3, 67], { rest: 0 }, 1],
    // t·½ − 3·√(t/4) = 50 at t = 134.8: 135 rows would have been listed whatever the draw, 134 not.
    ['surely listed', [67, 200, 1000], [68, 200, 1000], { listedFrom: 50 }, 2],
    ['not surely listed', [67, 200, 1000], [67, 200, 1000], { listedFrom: 50 }, 1],
    ['listed from 0 on', [5, 95], [5, 95], { listedFrom: 0 }, 1],
  ])('%s', (_name, before, now, options, expected) => {
    expect(df(before, now, options)).toBe(expected)
  })

  test('the pool joins the smallest of the large ones, the first of two', () => {
    expect(chiSquareHomogeneity([1, 60, 40, 40], [3, 60, 40, 40])).toEqual(
      chiSquareHomogeneity([60, 41, 40], [60, 43, 40]),
    )
  })

  // chi2_contingency([[10, 20, 30], [6, 9, 17]], correction=False)
  test('the example of its documentation; categories that one side does not list have no rows there', () => {
    const found = chiSquareHomogeneity([10, 20, 30], [6, 9, 17])
    expect(found.statistic).toBeCloseTo(0.27157465150403504, 12)
    expect(found.pValue).toBeCloseTo(0.8730282833800241, 12)
    expect(chiSquareHomogeneity([50, 50, 20], [50, 50])).toEqual(chiSquareHomogeneity([50, 50, 20], [50, 50, 0]))
    expect(chiSquareHomogeneity([5, 5], [0, 0])).toEqual({ statistic: 0, df: 0, pValue: 1 })
  })
})

describe('Kolmogorov–Smirnov', () => {
  // scipy.stats.ks_2samp(method='exact')
  test.each([
    [[1, 2, 3], [1, 2, 3], 0, 1],
    [[1], [2, 3, 4, 5, 6], 1, 1 / 3],
    [[1, 1, 2], [1, 2, 2, 2], 5 / 12, 0.8857142857142858],
    [[1, 2, 3, 4, 5], [6, 7, 8], 1, 1 / 28],
  ])('of %j and %j', (x, y, statistic, pValue) => {
    for (const [a, b] of [
      [x, y],
      [y, x],
    ] as const) {
      const found = ksTwoSample(a, b)
      expect(found.statistic).toBeCloseTo(statistic, 12)
      expect(found.pValue).toBeCloseTo(pValue, 12)
      expect(found.method).toBe('exact')
    }
  })

  // N = round(nm/(n + m)). The bulk: scipy.special.kolmogorov((√N + 0.12 + 0.11/√N)·d). The tail: 2·ksone.sf(d, N) up to
  // N = 2,000, and 2·exp(−(6Nd + 1)²/18N) (Maag & Dicaire) beyond.
  test.each([
    ['bulk', 0.03, 2000, 3000, 0.2267954641701944],
    ['bulk', 0.03, 4000, 2001, 0.17817959670110964],
    ['bulk', 0.05, 1001, 1000, 0.15955408974378785],
    ['bulk', 0.0425, 2000, 2000, 0.052463496936812515],
    ['bulk', 0.0065, 2000, 3000, 0.9999999996435801],
    ['bulk', 0.001, 2000, 3000, 1],
    ['tail', 0.09, 1001, 1000, 0.0005653758236787942],
    ['tail', 0.05, 4000, 4000, 8.74309579589503e-5],
    ['far tail', 0.048, 4001, 4001, 0.000191717316003389],
    ['tail', 0.5, 1010, 1000, 1.4185350616641175e-116],
    ['tail', 0.6, 1500, 1000, 4.4987832699809586e-207],
    ['far tail', 0.04, 5000, 5000, 0.0006532558435006433],
    ['far tail', 0.2, 5000, 5000, 2.4222448047719483e-87],
    ['far tail', 0.02, 100_000, 200_000, 1.3575344536983562e-23],
    // One row of a million: N is 1, and P(D ≥ d) = 2(1 − d) for d ≥ ½.
    ['one row', 0.75, 1, 2_000_000, 0.5],
    ['one row', 0.5, 1, 2_000_000, 1],
    ['all rows', 1, 2000, 3000, 0],
    ['all rows', 1, 5000, 5000, 0],
  ])('asymptotic, %s: D = %d of %d and %d rows', (_where, d, n, m, expected) => {
    const found = ksPValue(d, n, m)
    expect(found.method).toBe('asymptotic')
    if (expected === 0) expect(found.pValue).toBe(0)
    else expect(relative(found.pValue, expected)).toBeLessThan(1e-8)
  })

  test('is exact up to a product of a million rows', () => {
    expect(ksPValue(0.05, 1000, 1000).method).toBe('exact')
    expect(ksPValue(0.05, 1000, 1001).method).toBe('asymptotic')
  })

  test('numbers of rows are rounded, to one at least', () => {
    expect(ksPValue(0.5, 3.6, 5.4)).toEqual(ksPValue(0.5, 4, 5))
    expect(ksPValue(1, 0.2, 3)).toEqual({ pValue: 0.5, method: 'exact' })
    expect(ksPValue(1, 3, 0.2)).toEqual({ pValue: 0.5, method: 'exact' })
  })

  test('on bins it is the distance at the edges; bins that are not listed are empty', () => {
    expect(ksOnBins([4, 0, 0], [0, 0, 4])).toEqual({
      statistic: 1,
      pValue: expect.closeTo(1 / 35, 12),
      method: 'exact',
    })
    expect(ksOnBins([2, 2, 2], [3, 3])).toEqual(ksOnBins([2, 2, 2], [3, 3, 0]))
    expect(ksOnBins([0, 0], [3, 3])).toEqual({ statistic: 0, pValue: 1, method: 'exact' })
    expect(ksTwoSample([1], [])).toEqual({ statistic: 0, pValue: 1, method: 'exact' })
  })

  // √(π/2)·ln 2·√(1/n + 1/m)
  test.each([
    [1000, 1000, 0.03885],
    [10, 40, 0.30714],
    [1, 1, 1],
    [0, 5, 0],
    [5, 0, 0],
  ])('of %d and %d rows is on average, if nothing has changed', (n, m, expected) => {
    expect(ksIfUnchanged(n, m)).toBeCloseTo(expected, 5)
  })
})
