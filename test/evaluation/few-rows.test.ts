import { describe, expect, test } from 'vitest'
import { bootstrapInterval } from '../../src/stats/bca.ts'
import { measure } from '../../src/evaluation/measure.ts'
import type { Metric } from '../../src/evaluation/metrics/family.ts'
import { findMetric } from '../../src/evaluation/metrics.ts'
import { createSample, type Sample } from '../../src/evaluation/sample.ts'
import { labelsOf, predictionsOf } from './golden.ts'

const options = { resamples: 500, level: 0.95, seed: 1 }
const metric = (name: string): Metric => findMetric('binary', name) as Metric
const sample = (labels: readonly number[], scores: readonly number[]): Sample =>
  createSample(labelsOf('binary', labels), predictionsOf('binary', scores))
const difference = (a: Sample, b: Sample, name: string) =>
  measure([a, b], [metric(name)], options).difference(0, 1, metric(name))

/** 60 rows, 20 of them positive. */
const labels = Array.from({ length: 60 }, (_, row) => Number(row % 3 === 0))
const scores = labels.map((label, row) => (label === 1 ? 0.6 : 0.2) + row / 1000)
const champion = sample(labels, scores)

describe('differences that few rows show', () => {
  test('one discordant row gives an interval that contains what was seen, never 0 … 0', () => {
    const one = sample(
      labels,
      scores.map((score, row) => (row === 0 ? 0.1 : score)),
    )
    const seen = difference(one, champion, 'recall')
    expect(seen.difference).toBeCloseTo(-1 / 20, 12)
    expect(seen.interval?.low).toBeLessThanOrEqual(-1 / 20)
    expect(seen.interval?.high).toBeGreaterThanOrEqual(-1 / 20)
  })

  test('an acceleration beyond the pole of BCa’s formula goes to the end of the replicates, not round it', () => {
    const resampled = Float64Array.from({ length: 999 }, (_, i) => -(i % 4) / 20)
    const jackknife = [Float64Array.from({ length: 20 }, (_, i) => (i === 0 ? 0 : -1 / 19))]
    const interval = bootstrapInterval(-1 / 20, { resampled, jackknife, perBlock: 1 }, 0.995, { expanded: true })
    expect(interval).toMatchObject({ low: -0.15, kind: 'BCa' })
    expect(interval?.high).toBeGreaterThanOrEqual(-0.05)
  })

  test('no discordant row proves no equality: accuracy and recall keep Tango’s width, a bootstrap has no interval', () => {
    const other = sample(
      labels,
      scores.map((score) => score + 0.01),
    )
    const accuracy = difference(other, champion, 'accuracy')
    expect(accuracy.difference).toBe(0)
    expect(accuracy.interval?.high).toBeCloseTo(3.8414588 / (60 + 3.8414588), 6)
    const recall = difference(other, champion, 'recall')
    const positives = labels.filter((label) => label === 1).length
    expect(recall.interval?.high).toBeCloseTo(3.8414588 / (positives + 3.8414588), 6)
    for (const name of ['f1', 'precision', 'auc']) {
      expect([name, difference(other, champion, name)]).toMatchObject([name, { difference: 0, interval: null }])
    }
  })

  test('two rows that go one way leave room for some that would go the other', () => {
    const weights = Float64Array.from(labels, (_, row) => 1 + (row % 4) / 4)
    const weighted = (own: readonly number[]): Sample =>
      createSample(labelsOf('binary', labels), predictionsOf('binary', own), { weights })
    const before = scores.map((score, row) => (row === 0 || row === 3 ? 0.1 : score))
    for (const name of ['recall', 'balanced-accuracy']) {
      const seen = difference(weighted(scores), weighted(before), name)
      expect(seen.difference).toBeGreaterThan(0.02)
      expect(seen.interval?.high).toBeGreaterThan(0.02)
      // −ln(0.025) = 3.7 rows, of which the lightest moves the recall by 0.03.
      expect(seen.interval?.low).toBeLessThan(-0.05)
    }
  })

  test('a ratio of fewer than 20 rows has no bootstrap interval, of 20 it has', () => {
    const shifted = (step: number): Sample =>
      sample(
        labels,
        scores.map((score, row) => (row % 7 === 0 ? 1 - score : score) + step),
      )
    expect(difference(shifted(0), champion, 'f1').interval).not.toBeNull()
    const fewer = labels.map((label, row) => (row > 50 ? 0 : label))
    const few = (scale: number): Sample =>
      sample(
        fewer,
        scores.map((score, row) => (row % 7 === 0 ? 1 - score : score) * scale),
      )
    const measured = measure([few(1), few(0.9)], [metric('balanced-accuracy'), metric('recall')], options)
    const [balanced, recall] = measured.values(0)
    expect(balanced).toMatchObject({ interval: null })
    expect(balanced?.value).toBeGreaterThan(0)
    expect(recall?.interval?.method).toBe('Wilson')
    expect(measured.difference(0, 1, metric('balanced-accuracy'))).toMatchObject({ interval: null, pValue: null })
  })

  test('the same scores are the same model: 0 … 0', () => {
    for (const name of ['accuracy', 'f1', 'auc', 'log-loss']) {
      expect(difference(sample(labels, scores), champion, name).interval).toMatchObject({ low: 0, high: 0 })
    }
  })

  test('two models that know nothing are the same: constants rank nothing', () => {
    const [a, b] = [0.3, 0.4].map((score) =>
      sample(
        labels,
        labels.map(() => score),
      ),
    )
    expect(difference(a as Sample, b as Sample, 'auc').interval).toMatchObject({ low: 0, high: 0 })
  })
})
