import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import { quantiles } from '../../src/evaluation/quantiles.ts'
import { decisiveScore, rankOf, typicalError } from '../../src/serving/score-rank.ts'
import { sampleManifest } from '../support/manifest.ts'

describe('the rank of a score among holdout scores', () => {
  test('is linear between quantiles, 0 below and 1 above all of them', () => {
    expect(rankOf([0, 0.5, 1], 0.25)).toBe(0.25)
    expect(rankOf([0, 0.5, 1], -3)).toBe(0)
    expect(rankOf([0, 0.5, 1], 9)).toBe(1)
    expect(rankOf([10, 20, 40, 80], 30)).toBe(0.5)
  })

  test('is the middle of the ties', () => {
    expect(rankOf([0, 5, 5, 5, 9], 5)).toBe(0.5)
    expect(rankOf([5, 5, 5], 5)).toBe(0.5)
    expect(rankOf([0, 0, 0, 1, 2], 0)).toBe(0.25)
  })

  test('never leaves [0, 1] and never falls as the score rises', () => {
    const numbers = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 1, maxLength: 200 }), numbers, numbers, (scores, a, b) => {
        const reference = quantiles(Float64Array.from(scores), 100)
        const [low, high] = [rankOf(reference, Math.min(a, b)), rankOf(reference, Math.max(a, b))]
        expect([low >= 0, high <= 1, low <= high]).toEqual([true, true, true])
      }),
      { seed: 3 },
    )
  })

  test.each([
    ['continuous', (next: number) => next ** 3],
    ['few values', (next: number) => Math.floor(next * 4)],
    ['one value most of the time', (next: number) => (next < 0.8 ? 0.1 : next)],
  ])('has mean 0.5 while production looks like the holdout: %s', (_name, shape) => {
    const random = createRandom(1)
    const draw = (): number => shape(random.next())
    const reference = quantiles(
      Float64Array.from({ length: 5000 }, () => draw()),
      100,
    )
    let sum = 0
    for (let i = 0; i < 5000; i++) sum += rankOf(reference, draw())
    expect(sum / 5000).toBeCloseTo(0.5, 1)
  })
})

test('the decisive score of a multiclass model is its largest probability', () => {
  const scores = Float64Array.of(0.2, 0.7, 0.1, 0.4, 0.3, 0.3)
  const predictions = { task: 'multiclass', rows: 2, classes: ['a', 'b', 'c'], scores } as const
  expect([decisiveScore(predictions, 0), decisiveScore(predictions, 1)]).toEqual([0.7, 0.4])
})

test('the typical error of a regression comes from its evaluation', () => {
  const { evaluation } = sampleManifest()
  const withMetric = (metric: string, value: number | null) =>
    sampleManifest({ evaluation: { ...evaluation, metrics: [{ metric, value, interval: null }] } })
  expect(typicalError(withMetric('rmse', 10))).toBeCloseTo(19.6)
  expect(typicalError(withMetric('mae', 10))).toBeCloseTo(24.6)
  expect(typicalError(withMetric('rmse', null))).toBe(0.5)
})
