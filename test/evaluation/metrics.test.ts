import { describe, expect, test } from 'vitest'
import { METRICS as NAMES } from '../../src/config/metric-names.ts'
import { RefitError } from '../../src/core/error.ts'
import { findMetric, METRICS, metricsOf } from '../../src/evaluation/metrics.ts'
import { primaryMetric, scoreMetric } from '../../src/evaluation/score.ts'
import { type Golden, labelsOf, type MetricCase, predictionsOf, readGolden } from './golden.ts'

const golden = readGolden<Golden>('evaluation.json')

function score(metric: string, one: MetricCase): ReturnType<typeof scoreMetric> {
  const labels = labelsOf(one.task, one.labels, one.classes)
  const predictions = predictionsOf(one.task, one.scores, one.classes)
  const weights = one.weights ? Float64Array.from(one.weights) : undefined
  return scoreMetric(metric, labels, predictions, { threshold: one.threshold, weights })
}

/** What is wrong with a metric, in words; nothing where it agrees to 1e-9 (relative) or is undefined with a reason on both sides. */
function disagreement(metric: string, one: MetricCase, expected: number | null): readonly string[] {
  const { value, reason } = score(metric, one)
  if (value === null || expected === null) {
    return value === expected && reason ? [] : [`${metric}: ${value} (${reason}) instead of ${expected}`]
  }
  // R² of values around 1e8 loses digits in scikit-learn as well.
  const tolerance = 1e-9 * Math.max(1, Math.abs(expected)) * (one.name === 'large offset' ? 1e3 : 1)
  return Math.abs(value - expected) <= tolerance ? [] : [`${metric}: ${value} instead of ${expected}`]
}

describe(`metrics agree with scikit-learn ${golden.versions['scikit-learn']}`, () => {
  for (const one of golden.metrics) {
    test(`${one.task}: ${one.name}`, () => {
      // scikit-learn has another definition of a weighted median.
      const compared = Object.entries(one.values).filter(([metric]) => metric !== 'median-ae' || !one.weights)
      expect(compared.flatMap(([metric, expected]) => disagreement(metric, one, expected))).toEqual([])
    })
  }

  test('lift and gains among any share of the rows', () => {
    // Positives on top: 2 of the best 4 of 40 rows, 10 positives.
    const labels = labelsOf(
      'binary',
      Array.from({ length: 40 }, (_, i) => (i < 2 || i >= 32 ? 1 : 0)),
    )
    const scores = predictionsOf(
      'binary',
      Array.from({ length: 40 }, (_, i) => 1 - i / 40),
    )
    const of = (metric: string) => scoreMetric(metric, labels, scores, { threshold: 0.5 }).value
    expect([of('gains@10%'), of('gains@5%'), of('gains@50%')]).toEqual([0.2, 0.2, 0.2])
    expect([of('lift@10%'), of('lift@5%'), of('lift@50%')].map((value) => Number(value?.toFixed(9)))).toEqual([
      2, 4, 0.4,
    ])
  })

  test('every metric has a golden value for its task', () => {
    for (const { name, task } of METRICS) {
      if (name === 'value') continue
      const seen = golden.metrics.some((one) => one.task === task && typeof one.values[name] === 'number')
      expect(seen, `${task} ${name}`).toBe(true)
    }
  })
})

describe('the registry', () => {
  test('holds exactly the metrics a configuration may name, with the same direction', () => {
    const named = NAMES.filter((metric) => !metric.fairness && metric.only !== 'gate').flatMap(
      ({ name, tasks, direction }) => tasks.map((task) => `${task} ${name} ${direction}`),
    )
    expect(METRICS.map(({ name, task, direction }) => `${task} ${name} ${direction}`).toSorted()).toEqual(
      named.toSorted(),
    )
  })

  test('knows the primary metric of each task', () => {
    expect((['binary', 'multiclass', 'regression'] as const).map((task) => primaryMetric(task))).toEqual([
      'auc',
      'accuracy',
      'rmse',
    ])
    expect(primaryMetric('binary', 'f1')).toBe('f1')
    expect(findMetric('regression', 'auc')).toBeUndefined()
  })

  test('names the metrics there are when asked for one there is not', () => {
    expect(() => scoreMetric('auc', labelsOf('regression', [1]), predictionsOf('regression', [1]))).toThrow(RefitError)
    expect(() => scoreMetric('auc', labelsOf('regression', [1]), predictionsOf('regression', [1]))).toThrow(
      /regression task has no metric “auc”/,
    )
  })
})

describe('business value', () => {
  const labels = labelsOf('binary', [1, 1, 0, 0, 1])
  const predictions = predictionsOf('binary', [0.9, 0.2, 0.8, 0.1, 0.5])

  test('is per 1,000 rows, by the cost table', () => {
    const value = { tp: 120, fp: -15, tn: 1, fn: -50, unit: '€' }
    expect(scoreMetric('value', labels, predictions, { value }).value).toBeCloseTo(
      ((2 * 120 - 15 + 1 - 50) / 5) * 1000,
      9,
    )
  })

  test('is undefined without a cost table', () => {
    expect(scoreMetric('value', labels, predictions)).toMatchObject({
      value: null,
      reason: expect.stringContaining('evaluate.value'),
    })
  })
})

describe('undefined, never 0 and never NaN', () => {
  test('without rows every metric of every task says so', () => {
    const results = METRICS.map(({ name, task }) =>
      scoreMetric(name, labelsOf(task, [], 3), { ...predictionsOf(task, [], 3), rows: 0 }),
    )
    const reason = expect.stringMatching(/rows|row is|table/)
    expect(results).toEqual(METRICS.map(({ name }) => ({ metric: name, value: null, interval: null, reason })))
  })

  test.each([
    ['a NaN', 'binary', [Number.NaN, 0.5], '1 of 2 predictions are not finite numbers'],
    ['an infinity', 'regression', [Infinity, -Infinity], '2 of 2 predictions are not finite numbers'],
    ['a probability above 1', 'binary', [0.2, 1.5], '1 of 2 probabilities lie outside 0 … 1'],
    ['probabilities that do not sum to 1', 'multiclass', [0.5, 0.4, 0.6, 0.4], 'of 1 of 2 rows do not sum to 1'],
  ] as const)('with %s among the predictions', (_, task, scores, reason) => {
    for (const metric of metricsOf(task)) {
      const result = scoreMetric(metric.name, labelsOf(task, [0, 1]), predictionsOf(task, scores))
      expect(result).toMatchObject({ value: null, reason: expect.stringContaining(reason) })
    }
  })

  test('labels and predictions of different rows or classes are refused', () => {
    const labels = labelsOf('binary', [0, 1, 1])
    expect(() => scoreMetric('auc', labels, predictionsOf('binary', [0.1]))).toThrow(/1 rows .* 3 rows/)
    const foreign = { ...predictionsOf('binary', [0.1, 0.2, 0.3]), classes: ['no', 'yes'] }
    expect(() => scoreMetric('auc', labels, foreign)).toThrow(/classes “no”, “yes”, the labels have “c0”, “c1”/)
  })
})
