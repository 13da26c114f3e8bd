import { describe, expect, test } from 'vitest'
import type { GateConfig } from '../../src/config/schema.ts'
import { judge } from '../../src/evaluation/gates.ts'
import { findMetric } from '../../src/evaluation/metrics.ts'
import { createSample } from '../../src/evaluation/sample.ts'
import { bindMetrics } from '../../src/evaluation/scorer.ts'
import type { EvaluatedModel, Evaluation, Interval } from '../../src/evaluation/types.ts'
import { labelsOf, predictionsOf } from './golden.ts'

/** Inputs and outcomes that stand in the tests of TensorFlow Model Analysis (commit 026d81c), to its five digits. */

function values(
  labels: readonly number[],
  scores: readonly number[],
  names: readonly string[],
  more: { readonly threshold: number; readonly weights?: Float64Array },
): readonly (number | null)[] {
  const sample = createSample(labelsOf('binary', labels), predictionsOf('binary', scores), more)
  const metrics = names.flatMap((name) => findMetric('binary', name) ?? [])
  return bindMetrics(sample, metrics)
    .values()
    .map(({ value }) => value)
}

// metrics/confusion_matrix_metrics_test.py. TFMA decides positive above its threshold of 0.5, Refit at or above its own.
describe('TFMA’s confusion matrix metrics', () => {
  const names = ['auc', 'accuracy', 'precision', 'recall', 'specificity', 'balanced-accuracy', 'f1', 'mcc']
  const five = (seen: readonly (number | null)[]): readonly (number | null)[] =>
    seen.map((value) => value && Math.round(value * 1e5) / 1e5)

  test('ten examples: one true positive, two true negatives, three false positives, four false negatives', () => {
    const labels = [1, 0, 0, 0, 0, 0, 1, 1, 1, 1]
    const scores = [0.6, 0.3, 0.2, 0.6, 0.7, 0.8, 0.1, 0.2, 0.3, 0.4]
    const expected = [
      0.26,
      3 / 10,
      1 / 4,
      1 / 5,
      2 / 5,
      (1 / 5 + 2 / 5) / 2,
      2 / (2 + 3 + 4),
      (2 - 12) / Math.sqrt(4 * 5 * 5 * 6),
    ]
    expect(five(values(labels, scores, names, { threshold: 0.51 }))).toEqual(five(expected))
  })

  test('with weights', () => {
    const weights = Float64Array.of(0.5, 0.7, 0.9)
    const seen = values([0, 1, 0], [1, 0.7, 0.5], names, { threshold: 0.51, weights })
    expect(five(seen.slice(0, 5))).toEqual(five([0.64286, 1.6 / 2.1, 0.7 / 1.2, 1, 0.9 / 1.4]))
  })

  test('an empty denominator has no value (TFMA: NaN)', () => {
    const negative = values([0], [0], ['precision', 'recall', 'f1', 'mcc'], { threshold: 0.5 })
    expect(negative).toEqual([null, null, null, null])
    expect(values([1], [1], ['specificity'], { threshold: 0.5 })).toEqual([null])
  })
})

// evaluators/metrics_validator_test.py: what is blessed and what is not.
describe('TFMA’s gates', () => {
  const model = (
    role: EvaluatedModel['role'],
    auc: number | null,
    interval: Interval | null = null,
  ): EvaluatedModel => ({
    role,
    name: role,
    version: role === 'baseline' ? null : 1,
    metrics: [{ metric: 'auc', value: auc, interval }],
  })
  const outcome = (gate: GateConfig, seen: Partial<Evaluation> = {}) =>
    judge({
      gates: [gate],
      minHoldout: 1,
      evaluation: {
        task: 'binary',
        primary: 'auc',
        holdout: { rows: 1000, description: '', digest: '', championSafe: true },
        thresholds: {},
        baseline: model('baseline', 0.5),
        champion: null,
        candidate: model('candidate', 0.8),
        comparisons: [],
        slices: [],
        fairness: [],
        curves: [],
        warnings: [],
        ...seen,
      },
    }).verdict.outcome

  test('a metric that is not found is not blessed', () => {
    expect(outcome({ metric: 'invalid_threshold', min: 0.2 })).toBe('inconclusive')
    expect(outcome({ metric: 'auc', min: 0.2 }, { candidate: model('candidate', null) })).toBe('inconclusive')
  })

  test('a bound is held against the value of the data itself, not against the mean of resamples', () => {
    const interval = { low: 0.7, high: 0.95, level: 0.95, method: 'mean of resamples 0.91' }
    expect(outcome({ metric: 'auc', min: 0.9 }, { candidate: model('candidate', 0.8, interval) })).toBe('fail')
  })

  test('a slice that is asked for and not there is not blessed', () => {
    expect(outcome({ metric: 'auc', min: 0.1, slice: 'unmatched=value' })).toBe('inconclusive')
  })

  test('a first model has no baseline to change against, and is not stopped by it', () => {
    expect(outcome({ metric: 'auc', versus: 'champion', margin: 0.01 })).toBe('pass')
  })
})
