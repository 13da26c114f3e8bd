import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/core/random.ts'
import {
  fitCalibration,
  formatCalibration,
  parseCalibration,
  type Calibration,
} from '../../src/evaluation/calibration.ts'
import { rowErrors } from '../../src/evaluation/errors.ts'
import { estimatePerformance } from '../../src/evaluation/estimate.ts'
import { scoreMetric } from '../../src/evaluation/score.ts'
import { fitIsotonic, interpolate } from '../../src/stats/isotonic.ts'
import { fitPlatt } from '../../src/stats/platt.ts'
import { fitStumps, sumStumps } from '../../src/stats/stumps.ts'
import type { Labels, Predictions } from '../../src/training/types.ts'

interface Golden {
  readonly binary: readonly (Readonly<Record<string, number>> & {
    readonly scores: readonly number[]
    readonly calibrated: readonly number[]
  })[]
  readonly isotonic: readonly Readonly<Record<'x' | 'y' | 'at' | 'value', readonly number[]>>[]
}
const golden = JSON.parse(
  readFileSync(new URL('../golden/estimates.json', import.meta.url), 'utf8'),
) as unknown as Golden
const settings = { level: 0.95, seed: 1 }

const predictionsOf = (scores: ArrayLike<number>): Predictions => ({
  task: 'binary',
  classes: ['no', 'yes'],
  rows: scores.length,
  scores: Float64Array.from(scores),
})
const labelsOf = (values: ArrayLike<number>): Labels => ({
  task: 'binary',
  classes: ['no', 'yes'],
  values: Float64Array.from(values),
})

describe('CBPE gives the numbers of NannyML', () => {
  test.each(golden.binary)('for $scores.length rows', (one) => {
    const { scores, calibrated, threshold } = one
    // The given calibration as knots.
    const order = scores.map((_, i) => i).sort((a, b) => (scores[a] as number) - (scores[b] as number))
    const knots = { x: order.map((i) => scores[i] as number), y: order.map((i) => calibrated[i] as number) }
    const calibration: Calibration = { schemaVersion: 1, task: 'binary', rows: 1000, classes: [knots] }
    for (const metric of ['auc', 'pr-auc', 'f1', 'precision', 'recall', 'specificity', 'accuracy']) {
      const seen = estimatePerformance(calibration, predictionsOf(scores), metric, { ...settings, threshold })
      if ('none' in seen) throw new Error(seen.none)
      // NannyML rounds its sums to five decimals on the way.
      expect(seen.value).toBeCloseTo(one[metric] as number, 5)
      expect(seen.low).toBeLessThanOrEqual(seen.value)
      expect(seen.high).toBeGreaterThanOrEqual(seen.value)
    }
  })
})

test.each(golden.isotonic)(
  'isotonic regression gives the numbers of scikit-learn: $x.length points',
  ({ x, y, at, value }) => {
    const knots = fitIsotonic(x, y)
    at.forEach((place, i) => expect(interpolate(knots, place)).toBeCloseTo(value[i] as number, 9))
  },
)

test('the examples in the doc comments hold', () => {
  expect(fitIsotonic([1, 2, 3], [0, 1, 0.5]).y).toEqual([0, 0.75, 0.75])
  expect(interpolate({ x: [0, 1], y: [0.2, 0.4] }, 0.5)).toBeCloseTo(0.3, 12)
  expect(fitPlatt([0.2, 0.8], [0, 1]).x).toHaveLength(65)
  expect(fitStumps(Float64Array.of(0, 1), 1, Float64Array.of(2, 4)).base).toBe(3)
})

describe('a calibration', () => {
  /** Scores that are too sure of themselves: the truth is what `believe` makes of them. */
  const world = (rows: number, seed: number, believe: (score: number) => number) => {
    const random = createRandom(seed)
    const scores = Float64Array.from({ length: rows }, () => random.next())
    return {
      predictions: predictionsOf(scores),
      labels: labelsOf(scores.map((score) => Number(random.next() < believe(score)))),
    }
  }
  const shy = (score: number): number => 0.25 + score / 2

  test.each([300, 4000])('learns on %i rows how far scores are to be believed, and survives its file', (rows) => {
    const { labels, predictions } = world(rows, 3, shy)
    const calibration = fitCalibration(labels, predictions, undefined) as Calibration
    expect(parseCalibration(formatCalibration(calibration))).toEqual(calibration)
    const [knots] = 'classes' in calibration ? calibration.classes : []
    for (const score of [0.15, 0.5, 0.85]) {
      expect(Math.abs(interpolate(knots as NonNullable<typeof knots>, score) - shy(score))).toBeLessThan(0.1)
    }
  })

  test('estimates what the labels then show, whatever mixture of rows comes', () => {
    const learned = world(3000, 4, shy)
    const calibration = fitCalibration(learned.labels, learned.predictions, undefined) as Calibration
    let inside = 0
    const rounds = 60
    for (let round = 0; round < rounds; round++) {
      const random = createRandom(100 + round)
      // Only easy rows, or only hard ones: the accuracy differs, and the estimate has to follow.
      const easy = round % 2 === 0
      const scores = Float64Array.from({ length: 400 }, () =>
        easy ? 0.8 + 0.2 * random.next() : 0.4 + 0.2 * random.next(),
      )
      const labels = labelsOf(scores.map((score) => Number(random.next() < shy(score))))
      const truth = scoreMetric('accuracy', labels, predictionsOf(scores)).value as number
      const seen = estimatePerformance(calibration, predictionsOf(scores), 'accuracy', settings)
      if ('none' in seen) throw new Error(seen.none)
      expect(Math.abs(seen.value - (easy ? 0.7 : 0.525))).toBeLessThan(0.06)
      if (truth >= seen.low && truth <= seen.high) inside++
    }
    expect(inside).toBeGreaterThanOrEqual(Math.floor(0.88 * rounds))
  })

  test('too few rows, or one class, calibrate nothing', () => {
    const { labels, predictions } = world(49, 5, shy)
    expect(fitCalibration(labels, predictions, undefined)).toBeUndefined()
    const one = world(200, 5, () => 0)
    expect(fitCalibration(one.labels, one.predictions, undefined)).toBeUndefined()
  })

  test('of several classes is one for each, and their shares sum to 1', () => {
    const random = createRandom(8)
    const rows = 2000
    const classes = ['a', 'b', 'c']
    const scores = new Float64Array(rows * 3)
    const values = new Float64Array(rows)
    for (let i = 0; i < rows; i++) {
      const raw = [random.next(), random.next(), random.next()]
      const sum = raw.reduce((a, b) => a + b)
      raw.forEach((value, c) => (scores[3 * i + c] = value / sum))
      // The scores are too shy: the truth goes by their cubes.
      const shares = raw.map((value) => (value / sum) ** 3)
      let left = random.next() * shares.reduce((a, b) => a + b)
      values[i] = Math.max(
        0,
        shares.findIndex((share) => (left -= share) < 0),
      )
    }
    const labels: Labels = { task: 'multiclass', classes, values }
    const predictions: Predictions = { task: 'multiclass', classes, rows, scores }
    const calibration = fitCalibration(labels, predictions, undefined) as Calibration
    const truth = scoreMetric('accuracy', labels, predictions).value as number
    const seen = estimatePerformance(calibration, predictions, 'accuracy', settings)
    if ('none' in seen) throw new Error(seen.none)
    expect(Math.abs(seen.value - truth)).toBeLessThan(0.03)
  })

  test('damaged, or of another task, is told', () => {
    expect(() => parseCalibration(new TextEncoder().encode('{'))).toThrow('calibration.json is no JSON')
    expect(() => parseCalibration(new TextEncoder().encode('{"task":"binary"}'))).toThrow('is not a calibration')
    const calibration: Calibration = { schemaVersion: 1, task: 'multiclass', rows: 9, classes: [{ x: [0], y: [0] }] }
    expect(estimatePerformance(calibration, predictionsOf([0.5]), 'auc', settings)).toEqual({
      none: 'the calibration is of another task',
    })
    expect(estimatePerformance({ ...calibration, task: 'binary' }, predictionsOf([]), 'auc', settings)).toEqual({
      none: 'there are no rows',
    })
  })
})

describe('DLE', () => {
  /** Noise grows with the first feature. */
  const world = (rows: number, seed: number, from: number, to: number) => {
    const random = createRandom(seed)
    const values = new Float32Array(rows * 2)
    const scores = new Float64Array(rows)
    const labels = new Float64Array(rows)
    for (let i = 0; i < rows; i++) {
      const noise = from + (to - from) * random.next()
      values.set([noise, random.normal()], 2 * i)
      scores[i] = 100 * random.next()
      labels[i] = (scores[i] as number) + noise * random.normal()
    }
    return {
      features: { rows, width: 2, values },
      predictions: { task: 'regression', classes: [], rows, scores } satisfies Predictions,
      labels: { task: 'regression', classes: [], values: labels } satisfies Labels,
    }
  }

  test('sees from the features that the new rows are harder', () => {
    const past = world(3000, 1, 1, 11)
    const calibration = fitCalibration(past.labels, past.predictions, past.features) as Calibration
    for (const [from, to] of [
      [1, 4],
      [8, 11],
    ] as const) {
      const now = world(1000, 2, from, to)
      for (const metric of ['mae', 'rmse']) {
        const truth = scoreMetric(metric, now.labels, now.predictions).value as number
        const seen = estimatePerformance(calibration, now.predictions, metric, { ...settings, features: now.features })
        if ('none' in seen) throw new Error(seen.none)
        expect(Math.abs(seen.value / truth - 1)).toBeLessThan(0.15)
        expect(seen.method).toBe('DLE')
      }
    }
    expect(formatCalibration(calibration).length).toBeLessThan(40_000)
    const r2 = estimatePerformance(calibration, past.predictions, 'r2', { ...settings, features: past.features })
    expect(r2).toEqual({ none: 'only mae and rmse can be estimated without labels, not r2' })
  })

  test('a boosted model follows a bend', () => {
    const x = Float64Array.from({ length: 2000 }, (_, i) => i / 1000 - 1)
    const model = fitStumps(
      x,
      1,
      x.map((value) => value * value),
    )
    for (const at of [0, 500, 1000, 1999])
      expect(Math.abs(sumStumps(model, x, at) - (x[at] as number) ** 2)).toBeLessThan(0.12)
  })
})

test('errors are wrong decisions, and for numbers their rank among those of the holdout', () => {
  expect([...rowErrors(labelsOf([1, 0, 1, 0]), predictionsOf([0.6, 0.6, 0.3, 0.3]), 0.5, undefined)]).toEqual([
    0, 1, 1, 0,
  ])
  const classes = ['a', 'b', 'c']
  const scores = Float64Array.of(0.5, 0.3, 0.2, 0.1, 0.2, 0.7)
  const many: Labels = { task: 'multiclass', classes, values: Float64Array.of(0, 1) }
  expect([...rowErrors(many, { task: 'multiclass', classes, rows: 2, scores }, 0.5, undefined)]).toEqual([0, 1])
  const quantiles = Array.from({ length: 101 }, (_, i) => i / 10)
  const numbers: Labels = { task: 'regression', classes: [], values: Float64Array.of(0, 0, 0) }
  const predicted: Predictions = { task: 'regression', classes: [], rows: 3, scores: Float64Array.of(0, 5, 99) }
  expect([...rowErrors(numbers, predicted, 0.5, quantiles)]).toEqual([0, 0.5, 1])
})
