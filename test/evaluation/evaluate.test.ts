import { beforeAll, describe, expect, test } from 'vitest'
import { evaluate as schema } from '../../src/config/schema/evaluate.ts'
import { createRandom } from '../../src/core/random.ts'
import type { Column } from '../../src/data/table.ts'
import { baselineFor } from '../../src/evaluation/baseline.ts'
import { evaluate, type EvaluateInput, type EvaluationConfig } from '../../src/evaluation/evaluate.ts'
import { scoreMetric } from '../../src/evaluation/score.ts'
import type { Evaluation } from '../../src/evaluation/types.ts'
import type { Labels, Predictions } from '../../src/training/types.ts'

const CONFIG: EvaluationConfig = { ...schema.parse({}), resamples: 300 }
const ROWS = 2000
const random = createRandom(3)
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const truth = Float64Array.from({ length: ROWS }, () => random.normal() * 2 - 1)
const churned = truth.map((z) => (random.next() < sigmoid(z) ? 1 : 0))
const noisy = (noise: number): Float64Array => truth.map((z) => sigmoid(z + noise * random.normal()))
const classes = ['no', 'yes']
const labels: Labels = { task: 'binary', classes, values: churned }
const predict = (scores: Float64Array): Predictions => ({ task: 'binary', rows: scores.length, classes, scores })
const sharp = noisy(0.1)
const blunt = noisy(2)
const plan: Column = {
  kind: 'category',
  name: 'plan',
  codes: Int32Array.from({ length: ROWS }, (_, row) => (row < 20 ? 2 : row % 7 === 0 ? -1 : row % 2)),
  dictionary: ['basic', 'pro', 'rare'],
}
const age: Column = {
  kind: 'number',
  name: 'age',
  values: Float64Array.from({ length: ROWS }, () => 18 + random.below(60)),
  integer: true,
}

function input(overrides: Partial<EvaluateInput> = {}, config: Partial<EvaluationConfig> = {}): EvaluateInput {
  const baseline = baselineFor('binary', labels)
  return {
    task: 'binary',
    config: { ...CONFIG, ...config },
    holdout: {
      table: { rows: ROWS, columns: [plan, age] },
      labels,
      description: 'the newest 20 %',
      digest: 'sha256:0',
      championSafe: true,
    },
    candidate: { predictions: predict(sharp), version: 4 },
    champion: { predictions: predict(blunt), version: 3 },
    baseline: { predictions: baseline.predict(ROWS), name: baseline.name },
    thresholds: { candidate: 0.4, champion: 0.6 },
    gates: [],
    ...overrides,
  }
}

const find = (evaluation: Evaluation, metric: string, versus: string) =>
  evaluation.comparisons.find((one) => one.metric === metric && one.versus === versus)

describe('an evaluation of a binary model', () => {
  const value = { tp: 120, fp: -15, tn: 0, fn: 0, unit: '€' }
  let evaluation: Evaluation
  beforeAll(() => {
    evaluation = evaluate(
      input({}, { slices: ['plan', 'age'], value, fairness: { protected: ['plan'], 'min-group': 30 } }),
    )
  })

  test('names the three models and measures all on the same rows, each at its own threshold', () => {
    const { baseline, champion, candidate } = evaluation
    expect([baseline.name, champion?.name, candidate.name]).toEqual([
      'always “no” (class prior)',
      'v3',
      'v4 (candidate)',
    ])
    expect(evaluation.thresholds).toEqual({ candidate: 0.4, champion: 0.6, baseline: 0.5 })
    const accuracy = champion?.metrics.find((metric) => metric.metric === 'accuracy')
    expect(accuracy?.value).toBe(scoreMetric('accuracy', labels, predict(blunt), { threshold: 0.6 }).value)
    expect(baseline.metrics.find((metric) => metric.metric === 'auc')?.value).toBe(0.5)
    expect(baseline.metrics.find((metric) => metric.metric === 'precision')).toMatchObject({
      value: null,
      interval: null,
      reason: 'no row is decided positive',
    })
  })

  test('has an interval around every defined value, and names its method', () => {
    const { metrics } = evaluation.candidate
    const outside = metrics.filter(
      ({ value: own, interval }) => !interval || own === null || interval.low > own || interval.high < own,
    )
    expect(outside).toEqual([])
    const methodOf: Record<string, string> = { auc: 'DeLong (log-odds)' }
    for (const name of ['accuracy', 'precision', 'recall', 'specificity']) methodOf[name] = 'Wilson'
    for (const name of ['ks', 'ece']) methodOf[name] = 'bootstrap (inverted test, 300 resamples)'
    expect(metrics.map(({ metric, interval }) => [metric, interval?.method])).toEqual(
      metrics.map(({ metric }) => [metric, methodOf[metric] ?? 'bootstrap (BCa, 300 resamples)']),
    )
  })

  test('finds the clearly better candidate better, and the difference is that of the values', () => {
    const auc = find(evaluation, 'auc', 'champion')
    expect(auc).toMatchObject({ conclusion: 'better', margin: 0.005, direction: 'higher' })
    const logLoss = find(evaluation, 'log-loss', 'champion')
    expect(logLoss?.conclusion).toBe('better')
    expect(logLoss?.difference).toBeLessThan(0)
    expect(logLoss?.interval?.method).toBe('paired bootstrap (BCa, 300 resamples)')
    const of = (role: 'candidate' | 'champion') =>
      evaluation[role]?.metrics.find((one) => one.metric === 'auc')?.value ?? 0
    expect(auc?.difference).toBeCloseTo(of('candidate') - of('champion'), 12)
    expect(find(evaluation, 'auc', 'baseline')).toMatchObject({ conclusion: 'better', margin: 0 })
  })

  test('breaks the primary metric down by category, by band and by missing, small slices without judgement', () => {
    const plans = evaluation.slices.filter((slice) => slice.column === 'plan')
    expect(plans.map((slice) => [slice.value, slice.small])).toEqual([
      ['basic', false],
      ['pro', false],
      ['rare', true],
      ['missing', false],
    ])
    const ages = evaluation.slices.filter((slice) => slice.column === 'age')
    expect(ages).toHaveLength(4)
    expect(ages[0]?.value).toMatch(/^≤ \d+$/)
    for (const slices of [plans, ages]) expect(slices.reduce((sum, slice) => sum + slice.rows, 0)).toBe(ROWS)
    const [basic, , rare] = plans
    expect(basic?.comparison?.conclusion).toBe('better')
    expect(rare).toMatchObject({ rows: 20, comparison: null })
  })

  test('judges a slice of exactly min-slice rows', () => {
    const { slices } = evaluate(input({}, { slices: ['plan'], 'min-slice': 20 }))
    expect(slices.find((slice) => slice.value === 'rare')).toMatchObject({ rows: 20, small: false })
  })

  test('states the business value in total and per 1,000 rows', () => {
    const perThousand = evaluation.candidate.metrics.find((metric) => metric.metric === 'value')?.value ?? 0
    expect(evaluation.businessValue?.unit).toBe('€')
    expect(evaluation.businessValue?.totals.candidate).toBeCloseTo((perThousand * ROWS) / 1000, 6)
    expect(evaluation.businessValue?.totals.baseline).toBe(0)
  })

  test('rates the groups of the protected column, for candidate and champion', () => {
    const [fairness] = evaluation.fairness
    expect(fairness?.candidate.map((group) => group.group)).toEqual(['basic', 'pro', 'rare', 'missing'])
    expect(fairness?.champion).toHaveLength(4)
    expect(fairness?.metrics.map((metric) => metric.metric)).toContain('equalized-odds-ratio')
    expect(fairness?.metrics[0]?.interval).not.toBeNull()
  })

  test('has curves of at most 60 points, from corner to corner', () => {
    const roc = evaluation.curves.filter((curve) => curve.kind === 'roc')
    expect(roc.map((curve) => curve.role)).toEqual(['candidate', 'champion'])
    for (const { x, y } of roc) {
      expect(x.length).toBeLessThanOrEqual(60)
      expect(x.length).toBeGreaterThan(40)
      expect([x[0], y[0], x.at(-1), y.at(-1)]).toEqual([0, 0, 1, 1])
    }
    expect(evaluation.curves.filter((curve) => curve.kind === 'calibration')).toHaveLength(2)
  })

  test('is JSON and the same every time', () => {
    const again = evaluate(
      input({}, { slices: ['plan', 'age'], value, fairness: { protected: ['plan'], 'min-group': 30 } }),
    )
    expect(again).toEqual(evaluation)
    expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation)
  })

  test('takes its margins from the gates', () => {
    const custom = evaluate(input({ gates: [{ metric: 'auc', versus: 'champion', margin: 0.2 }] }))
    expect(find(custom, 'auc', 'champion')?.margin).toBe(0.2)
  })
})

describe('other tasks', () => {
  test('regression: rmse decides, relative margins, deciles', () => {
    const values = truth.map((z) => 100 + 10 * z)
    const regression = (noise: number): Predictions => ({
      task: 'regression',
      rows: ROWS,
      classes: [],
      scores: values.map((value) => value + noise * random.normal()),
    })
    const own: Labels = { task: 'regression', classes: [], values }
    const baseline = baselineFor('regression', own)
    const evaluation = evaluate(
      input({
        task: 'regression',
        holdout: { ...input().holdout, labels: own },
        candidate: { predictions: regression(5), version: 4 },
        champion: { predictions: regression(6), version: 3 },
        baseline: { predictions: baseline.predict(ROWS), name: baseline.name },
        thresholds: {},
      }),
    )
    expect(evaluation.primary).toBe('rmse')
    expect(evaluation.thresholds).toEqual({})
    const rmse = find(evaluation, 'rmse', 'champion')
    const champion = evaluation.champion?.metrics.find((metric) => metric.metric === 'rmse')
    expect(rmse?.conclusion).toBe('better')
    expect(rmse?.margin).toBeCloseTo(0.01 * (champion?.value ?? 0), 12)
    expect(evaluation.curves.map((curve) => [curve.kind, curve.x.length])).toEqual([
      ['deciles', 10],
      ['residual', 20],
      ['deciles', 10],
      ['residual', 20],
    ])
  })

  test('regression: a bias closer to 0 is better, on whichever side', () => {
    const values = truth.map((z) => 100 + 10 * z)
    const shifted = (shift: number): Predictions => ({
      task: 'regression',
      rows: ROWS,
      classes: [],
      scores: values.map((value, row) => value + shift + (row % 2) * 0.2),
    })
    const own: Labels = { task: 'regression', classes: [], values }
    const evaluation = evaluate(
      input({
        task: 'regression',
        holdout: { ...input().holdout, labels: own },
        candidate: { predictions: shifted(1), version: 4 },
        champion: { predictions: shifted(-3), version: 3 },
        baseline: { predictions: baselineFor('regression', own).predict(ROWS), name: 'mean' },
        thresholds: {},
      }),
    )
    const bias = find(evaluation, 'bias', 'champion')
    expect(bias?.conclusion).toBe('better')
    expect(bias?.difference).toBeCloseTo(1.1 - 2.9, 9)
    expect(bias?.interval?.low).toBeLessThan(-1.8)
    expect(bias?.interval?.high).toBeGreaterThan(-1.8)
  })

  test('multiclass: accuracy decides, and equal models are not worse', () => {
    const three = ['a', 'b', 'c']
    const values = Float64Array.from({ length: 300 }, (_, row) => row % 3)
    const scores = new Float64Array(900)
    values.forEach((code, row) =>
      scores.set(row % 4 === 0 ? [0.4, 0.3, 0.3] : [0, 1, 2].map((c) => (c === code ? 0.8 : 0.1)), row * 3),
    )
    const predictions: Predictions = { task: 'multiclass', rows: 300, classes: three, scores }
    const own: Labels = { task: 'multiclass', classes: three, values }
    const baseline = baselineFor('multiclass', own)
    const evaluation = evaluate(
      input({
        task: 'multiclass',
        holdout: { ...input().holdout, labels: own, rows: Uint32Array.from({ length: 300 }, (_, i) => i + 7) },
        candidate: { predictions, version: 4 },
        champion: { predictions, version: 3 },
        baseline: { predictions: baseline.predict(300), name: baseline.name },
      }),
    )
    expect(evaluation.primary).toBe('accuracy')
    expect(find(evaluation, 'accuracy', 'champion')).toMatchObject({ difference: 0, conclusion: 'not-worse' })
    expect(find(evaluation, 'accuracy', 'baseline')?.conclusion).toBe('better')
  })
})

describe('what a reviewer is warned of', () => {
  test('a champion that may know the holdout, columns that are not there', () => {
    const holdout = { ...input().holdout, championSafe: false, note: 'no time column' }
    const { warnings } = evaluate(
      input({ holdout }, { slices: ['nope'], fairness: { protected: ['gone'], 'min-group': 1 } }),
    )
    expect(warnings).toEqual([
      'The champion v3 may have been trained on some of the held-out rows, which flatters it: no time column',
      'The data has no column “nope” to slice by',
      'Fairness by gone cannot be judged: the data has no protected column “gone”',
    ])
  })

  test('predictions that are no numbers: every metric undefined, nothing crashes', () => {
    const broken = sharp.map((score, row) => (row === 5 ? Number.NaN : score))
    const evaluation = evaluate(
      input(
        { candidate: { predictions: predict(broken), version: 4 } },
        { slices: ['plan'], fairness: { protected: ['plan'], 'min-group': 30 } },
      ),
    )
    expect(evaluation.candidate.metrics.every((metric) => metric.value === null)).toBe(true)
    expect(evaluation.comparisons.every((one) => one.difference === null && one.conclusion === 'cannot-tell')).toBe(
      true,
    )
    expect(evaluation.fairness[0]?.metrics[0]?.candidate).toBeNull()
    expect(evaluation.warnings).toEqual([
      'v4 (candidate) cannot be judged: 1 of 2,000 predictions are not finite numbers',
      'Fairness by plan cannot be judged: 1 of 2,000 predictions are not finite numbers',
    ])
  })

  test('a holdout of one class, and one without rows', () => {
    const one = evaluate(
      input({ holdout: { ...input().holdout, labels: { ...labels, values: new Float64Array(ROWS) } } }),
    )
    expect(one.warnings).toContain('auc is undefined on the holdout: no row is positive')
    const empty = predict(new Float64Array(0))
    const none = evaluate(
      input({
        holdout: { ...input().holdout, labels: { ...labels, values: new Float64Array(0) } },
        candidate: { predictions: empty, version: 4 },
        champion: undefined,
        baseline: { predictions: empty, name: 'always' },
      }),
    )
    expect(none.holdout.rows).toBe(0)
    expect(none.champion).toBeNull()
    expect(none.warnings).toEqual(['auc is undefined on the holdout: there are no rows'])
  })
})

test('sample weights count: no weight, no influence', () => {
  const weights = churned.map((_, row) => (row < 1000 ? 1 : 0))
  const head = (scores: Float64Array): Predictions => predict(scores.slice(0, 1000))
  const weighted = evaluate(input({ holdout: { ...input().holdout, weights } }))
  expect([weighted.holdout.weight, evaluate(input()).holdout.weight]).toEqual([1000, undefined])
  const plain = scoreMetric('auc', { ...labels, values: churned.slice(0, 1000) }, head(sharp))
  const auc = weighted.candidate.metrics.find((metric) => metric.metric === 'auc')
  expect(auc?.value).toBeCloseTo(plain.value ?? 0, 12)
  expect(auc?.interval?.method).toContain('bootstrap')
})

test('a primary metric of another task is refused', () => {
  expect(() => evaluate(input({}, { primary: 'rmse' }))).toThrow(/primary metric “rmse” does not fit a binary task/)
})

test('predictions of numbers that would overflow are undefined with the reason, not without a value and an end', () => {
  const values = Float64Array.from({ length: 200 }, (_, row) => row)
  const numbers: Labels = { task: 'regression', classes: [], values }
  const scores = values.map((value, row) => (row === 3 ? 1e200 : value + (row % 3)))
  const of = (given: Float64Array): Predictions => ({ task: 'regression', rows: 200, classes: [], scores: given })
  const { candidate, warnings } = evaluate({
    ...input(),
    task: 'regression',
    holdout: { table: { rows: 200, columns: [] }, labels: numbers, description: '', digest: '', championSafe: true },
    candidate: { predictions: of(scores), version: 2 },
    champion: undefined,
    baseline: { predictions: of(values.map(() => 100)), name: 'mean' },
    thresholds: {},
  })
  expect(candidate.metrics.every(({ value, interval }) => value === null && interval === null)).toBe(true)
  expect(warnings[0]).toBe(
    'v2 (candidate) cannot be judged: 1 of 200 predictions are too large to compute with (beyond 1e100)',
  )
})
