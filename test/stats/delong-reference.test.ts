import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import {
  aucDifferenceVariance,
  aucFreedom,
  aucVariance,
  type DeLong,
  delong,
  delongTest,
} from '../../src/stats/delong.ts'
import { descendingOrder } from '../../src/stats/order.ts'
import { normalTwoSided } from '../../src/stats/special.ts'

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length
const covariance = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
  Array.from(x).reduce((sum, one, i) => sum + (one - mean(x)) * ((y[i] as number) - mean(y)), 0) / (x.length - 1)

/** Pair by pair: a positive outscores a negative, or half of it where they are tied. */
function pairwise(labels: Float64Array, scores: Float64Array): { positives: number[]; negatives: number[] } {
  const of = (label: number): number[] => [...scores].filter((_, i) => labels[i] === label)
  const win = (one: number, other: number): number => (one > other ? 1 : one === other ? 0.5 : 0)
  return {
    positives: of(1).map((one) => mean(of(0).map((other) => win(one, other)))),
    negatives: of(0).map((other) => mean(of(1).map((one) => win(one, other)))),
  }
}

const expectClose = (found: ArrayLike<number>, expected: readonly number[]): void => {
  expect(found).toHaveLength(expected.length)
  expected.forEach((one, i) => expect(found[i]).toBeCloseTo(one, 12))
}

describe('DeLong’s components', () => {
  test.each([2, 3, 5, 12, 60, 200])('of %d rows are those of all pairs, with ties or without', (rows) => {
    const random = createRandom(rows)
    for (const levels of [1, 2, 5, 1e9]) {
      const column = (): Float64Array => Float64Array.from({ length: rows }, () => random.below(levels))
      const labels = Float64Array.from({ length: rows }, (_, i) => (i === 0 ? 1 : i === 1 ? 0 : random.below(2)))
      const [one, other] = [column(), column()]
      const [a, b] = [delong(labels, one) as DeLong, delong(labels, other) as DeLong]
      const [p, q] = [pairwise(labels, one), pairwise(labels, other)]
      expect(a.auc).toBeCloseTo(mean(p.positives), 12)
      expectClose(a.positives, p.positives)
      expectClose(a.negatives, p.negatives)
      expect(delong(labels, one, descendingOrder(one))).toEqual(a)

      const variance =
        covariance(p.positives, p.positives) / p.positives.length +
        covariance(p.negatives, p.negatives) / p.negatives.length
      if (Number.isNaN(variance)) expect(aucVariance(a)).toBeNaN()
      else expect(aucVariance(a)).toBeCloseTo(variance, 12)
      const [n1, n0] = [p.positives.length, p.negatives.length]
      const both = [
        (covariance(p.positives, p.positives) +
          covariance(q.positives, q.positives) -
          2 * covariance(p.positives, q.positives)) /
          n1,
        (covariance(p.negatives, p.negatives) +
          covariance(q.negatives, q.negatives) -
          2 * covariance(p.negatives, q.negatives)) /
          n0,
      ] as const
      const ofBoth = both[0] + both[1]
      if (Number.isNaN(ofBoth)) continue
      expect(aucDifferenceVariance(a, b)).toBeCloseTo(ofBoth, 12)
      if (ofBoth < 1e-12) continue
      expect(aucFreedom(a, b)).toBeCloseTo(ofBoth ** 2 / (both[0] ** 2 / (n1 - 1) + both[1] ** 2 / (n0 - 1)), 6)
      const z = (a.auc - b.auc) / Math.sqrt(ofBoth)
      const found = delongTest(a, b)
      expectClose(
        [found.difference, found.variance, found.z, found.pValue],
        [a.auc - b.auc, ofBoth, z, normalTwoSided(z)],
      )
    }
  })

  test('are none where a class is missing', () => {
    for (const labels of [[], [0], [1], [0, 0], [1, 1]]) {
      expect(delong(Float64Array.from(labels), new Float64Array(labels.length))).toBeNull()
    }
  })
})

describe('the test of two models', () => {
  const of = (auc: number, positives: readonly number[], negatives: readonly number[]): DeLong => ({
    auc,
    positives: Float64Array.from(positives),
    negatives: Float64Array.from(negatives),
  })

  test('finds no difference between equal ones, nor where both differ by nothing', () => {
    const one = of(0.75, [1, 0.5], [0.5, 1])
    expect(delongTest(one, one)).toEqual({ difference: 0, variance: 0, z: 0, pValue: 1 })
    expect(delongTest(one, of(0.75, [0.5, 1], [1, 0.5]))).toEqual({ difference: 0, variance: 0.5, z: 0, pValue: 1 })
  })

  test('is certain of a difference that does not vary', () => {
    expect(delongTest(of(1, [1, 1], [1, 1]), of(0.5, [0.5, 0.5], [0.5, 0.5]))).toEqual({
      difference: 0.5,
      variance: 0,
      z: Infinity,
      pValue: 0,
    })
  })

  test('has at most a million degrees of freedom', () => {
    const half = Array.from({ length: 600_000 }, (_, i) => i % 2)
    expect(aucFreedom(of(0.5, half, half))).toBe(1e6)
    expect(aucFreedom(of(0.5, half.slice(0, 400_000), half.slice(0, 400_000)))).toBeCloseTo(799_998, 3)
  })
})
