import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { chiSquareMean } from '../../src/stats/chi-square-mean.ts'
import { balancedCramersV, cramersV } from '../../src/stats/cramers-v.ts'
import { hellingerDistance, jensenShannonDistance, lInfinity } from '../../src/stats/distance.ts'
import { ksIfUnchanged, ksOnBins } from '../../src/stats/ks.ts'
import { wassersteinDistance, wassersteinOnBins } from '../../src/stats/wasserstein.ts'

interface Golden {
  readonly distances: readonly {
    before: number[]
    now: number[]
    jensenShannon: number
    hellinger: number
    lInfinity: number
  }[]
  readonly wasserstein: readonly { x: number[]; y: number[]; value: number }[]
  readonly cramer: readonly { table: number[][]; plain: number; corrected: number }[]
}

// Computed by test/golden/drift.py, which names the versions of scipy and numpy.
const golden = JSON.parse(readFileSync(new URL('../golden/drift.json', import.meta.url), 'utf8')) as Golden

describe('distances of two samples on the same bins', () => {
  test.each(golden.distances)('agree with scipy: $before → $now', ({ before, now, ...expected }) => {
    expect(jensenShannonDistance(before, now).value).toBeCloseTo(expected.jensenShannon, 9)
    expect(hellingerDistance(before, now).value).toBeCloseTo(expected.hellinger, 7)
    expect(lInfinity(before, now).value).toBeCloseTo(expected.lInfinity, 12)
  })

  // Inputs and values of tensorflow/data-validation, anomalies/metrics_test.cc; it reports the divergence, base 2.
  test('TFDV’s Jensen–Shannon divergence is the square of the distance', () => {
    expect(jensenShannonDistance([50, 50, 0, 0], [0, 25, 25, 50]).value ** 2).toBeCloseTo(0.65563906222, 9)
    expect(jensenShannonDistance([25, 75], [0, 100]).value ** 2).toBeCloseTo(0.13792538096, 9)
    expect(jensenShannonDistance([5, 5, 0, 0], [0, 0, 3, 3]).value).toBe(1)
  })

  test('TFDV’s L∞', () => {
    expect(lInfinity([10, 90], [30, 70]).value).toBeCloseTo(0.2, 12)
    expect(lInfinity([0, 90, 10], [30, 70, 0]).value).toBeCloseTo(0.3, 12)
    expect(lInfinity([30, 70, 0], [0, 90, 10]).value).toBeCloseTo(0.3, 12)
  })

  test('the examples of their documentation', () => {
    expect(jensenShannonDistance([1, 0], [0, 1]).value).toBe(1)
    expect(hellingerDistance([50, 50], [80, 20]).value).toBeCloseTo(0.22653, 5)
    expect(lInfinity([50, 50], [80, 20]).value).toBeCloseTo(0.3, 12)
    expect(chiSquareMean(9, Math.sqrt)).toBeCloseTo(2.917, 3)
    expect(ksIfUnchanged(1000, 1000)).toBeCloseTo(0.0389, 4)
  })

  test('a sample without rows compares with nothing: 0, never NaN', () => {
    for (const distance of [jensenShannonDistance, hellingerDistance, lInfinity, balancedCramersV]) {
      expect(distance([1, 2], [0, 0])).toEqual({ value: 0, ifUnchanged: 0 })
      expect(distance([], [])).toEqual({ value: 0, ifUnchanged: 0 })
      expect(distance([3], [5])).toEqual({ value: 0, ifUnchanged: 0 })
    }
  })
})

describe('Wasserstein', () => {
  test.each(golden.wasserstein)('agrees with scipy on raw samples', ({ x, y, value }) => {
    expect(wassersteinDistance(x, y)).toBeCloseTo(value, 12)
  })

  test('is exact on bins where every value has one, also beyond the reference’s range', () => {
    const random = createRandom(4)
    const x = Array.from({ length: 80 }, () => random.below(9))
    const y = Array.from({ length: 50 }, () => random.below(14) - 2)
    const edges = [-0.001, ...Array.from({ length: 9 }, (_, i) => i)]
    const bin = (values: number[]) => ({
      counts: [
        ...edges.map((edge, i) => values.filter((v) => v <= edge && (i === 0 || v > (edges[i - 1] as number))).length),
        values.filter((v) => v > 8).length,
      ],
      below: values.reduce((sum, v) => sum + Math.max(0, -0.001 - v), 0),
      above: values.reduce((sum, v) => sum + Math.max(0, v - 8), 0),
    })
    expect(wassersteinOnBins({ edges, discrete: true }, bin(x), bin(y)).value).toBeCloseTo(wassersteinDistance(x, y), 2)
  })

  test('the example of its documentation; nothing to compare is 0', () => {
    const scale = { edges: [0, 1, 2, 3], discrete: true }
    expect(wassersteinOnBins(scale, { counts: [0, 1, 1, 0, 0] }, { counts: [0, 0, 0, 2, 0] }).value).toBe(1.5)
    expect(wassersteinOnBins(scale, { counts: [0, 1, 1, 0, 0] }, { counts: [0, 0, 0, 0, 0] }).value).toBe(0)
    expect(wassersteinOnBins({ edges: [] }, { counts: [4] }, { counts: [9] }).value).toBe(0)
  })
})

describe('Cramér’s V', () => {
  test.each(golden.cramer)('agrees with scipy, plain and corrected: $table', ({ table, plain, corrected }) => {
    expect(cramersV(table, { corrected: false })).toBeCloseTo(plain, 12)
    expect(cramersV(table)).toBeCloseTo(corrected, 12)
  })

  // scipy stats/tests/test_contingency.py::test_assoc.
  test('the value of scipy’s own test', () => {
    const table = [
      [12, 13, 14, 15, 16],
      [17, 16, 18, 19, 11],
      [9, 15, 14, 12, 11],
    ]
    expect(cramersV(table, { corrected: false })).toBeCloseTo(0.09222412010290792, 14)
  })

  test('balanced, it is the same for samples of one size and does not sink as the reference grows', () => {
    expect(balancedCramersV([500, 500], [800, 200]).value).toBeCloseTo(
      cramersV([
        [500, 500],
        [800, 200],
      ]),
      12,
    )
    expect(balancedCramersV([50_000, 50_000], [800, 200]).value).toBeGreaterThan(0.3)
  })
})

test('without drift every score is on average what is reported for “if nothing had changed”', () => {
  const random = createRandom(5)
  const bins = 12
  const edges = Array.from({ length: bins - 1 }, (_, i) => i)
  const draw = (n: number): number[] => {
    const counts = Array.from({ length: bins }, () => 0)
    for (let i = 0; i < n; i++) counts[Math.floor(bins * random.next() ** 1.5)]!++
    return counts
  }
  const sums = new Map<string, [number, number]>()
  for (let run = 0; run < 300; run++) {
    const before = draw(500)
    const now = draw(300)
    const scores = {
      jensenShannon: jensenShannonDistance(before, now),
      hellinger: hellingerDistance(before, now),
      lInfinity: lInfinity(before, now),
      cramersV: balancedCramersV(before, now),
      wasserstein: wassersteinOnBins({ edges }, { counts: before }, { counts: now }),
      ks: { value: ksOnBins(before, now).statistic, ifUnchanged: ksIfUnchanged(500, 300) },
    }
    for (const [name, { value, ifUnchanged }] of Object.entries(scores)) {
      const sum = sums.get(name) ?? [0, 0]
      sums.set(name, [sum[0] + value, sum[1] + ifUnchanged])
    }
  }
  for (const [name, [value, ifUnchanged]] of sums) {
    // KS: the formula is that of continuous values, an upper bound for twelve. V: half of its values are 0.
    const [least, most] = name === 'ks' ? [0.7, 1] : name === 'cramersV' ? [0.8, 1.25] : [0.9, 1.08]
    expect({ name, ratio: value / ifUnchanged }).toSatisfy((found) => found.ratio > least && found.ratio < most)
  }
})
