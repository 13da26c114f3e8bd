import { createRandom, type Random } from '../core/random.ts'
import type { FeatureMatrix } from '../features/types.ts'
import { interpolate } from '../stats/isotonic.ts'
import { sortedQuantile } from '../stats/quantile.ts'
import { normalQuantile } from '../stats/special.ts'
import type { Labels, Predictions } from '../training/types.ts'
import { lossAt, withPrediction, type Calibration } from './calibration.ts'
import { findMetric } from './metrics.ts'
import { createSample, type CostTable } from './sample.ts'
import { bindMetrics } from './scorer.ts'

export interface EstimateOptions {
  readonly threshold?: number | undefined
  readonly value?: CostTable | undefined
  /** Confidence level of the interval. */
  readonly level: number
  readonly seed: number
  /** The transformed features of the rows; needed for regression only. */
  readonly features?: FeatureMatrix | undefined
}

export type PerformanceEstimate =
  | { readonly value: number; readonly low: number; readonly high: number; readonly method: 'CBPE' | 'DLE' }
  | { readonly none: string }

type Classification = Extract<Calibration, { readonly classes: unknown }>
type Regression = Extract<Calibration, { readonly errors: unknown }>

/** Simulated sets of labels behind an interval. */
const SIMULATIONS = 200
/** Scores held at a time; rows beyond are left out evenly. */
const MOST_CELLS = 4_000_000

/**
 * A metric of rows whose labels are not known. It assumes that what the holdout taught about the scores still holds:
 * changes in the features are seen, a change in what they mean is not.
 *
 * Classification, CBPE: each row counts as each class with its calibrated probability, so any metric of a confusion matrix
 * or an order of scores is computed from expected counts. Regression, DLE: the mean of the expected losses.
 * The interval covers the chance in the new labels (n rows) and in the calibration (m rows): its half width is widened by
 * √(1 + n/m).
 */
export function estimatePerformance(
  calibration: Calibration,
  predictions: Predictions,
  metric: string,
  options: EstimateOptions,
): PerformanceEstimate {
  if (predictions.rows === 0) return { none: 'there are no rows' }
  if (calibration.task !== predictions.task) return { none: 'the calibration is of another task' }
  return 'classes' in calibration
    ? fromConfidence(calibration, predictions, metric, options)
    : fromLosses(calibration, predictions, metric, options)
}

/** The probability of each class at each row, calibrated one by one and made to sum to 1; row-major. */
export function calibrated({ task, classes }: Classification, { rows, scores }: Predictions): Float64Array {
  const k = task === 'binary' ? 2 : classes.length
  const shares = new Float64Array(rows * k)
  for (let row = 0; row < rows; row++) {
    if (task === 'binary') {
      const p = Math.min(1, Math.max(0, interpolate(classes[0] as (typeof classes)[number], scores[row] as number)))
      shares[2 * row] = 1 - p
      shares[2 * row + 1] = p
      continue
    }
    let sum = 0
    for (let c = 0; c < k; c++) {
      const p = Math.max(0, interpolate(classes[c] as (typeof classes)[number], scores[row * k + c] as number))
      shares[row * k + c] = p
      sum += p
    }
    for (let c = 0; c < k; c++) shares[row * k + c] = sum > 0 ? (shares[row * k + c] as number) / sum : 1 / k
  }
  return shares
}

function fromConfidence(
  calibration: Classification,
  all: Predictions,
  name: string,
  options: EstimateOptions,
): PerformanceEstimate {
  const metric = findMetric(all.task, name)
  if (metric === undefined) return { none: `there is no metric ${name} to estimate` }
  const k = all.task === 'binary' ? 2 : all.classes.length
  if (all.task === 'multiclass' && calibration.classes.length !== k)
    return { none: 'the calibration has other classes' }
  const predictions = thinned(all, Math.max(1, Math.floor(MOST_CELLS / (k * k))))
  const { rows } = predictions
  const shares = calibrated(calibration, predictions)
  // Each row once for each class that it may be; the weights say how likely that is.
  const copies = copied(predictions, k)
  const sample = createSample(copies.labels, copies.predictions, options)
  const scorer = bindMetrics(sample, [metric])
  const out = new Float64Array(1)
  const score = (weights: Float64Array): number => {
    scorer.score(weights, out)
    return out[0] as number
  }
  const value = score(shares)
  if (sample.invalid !== undefined || !Number.isFinite(value)) {
    return { none: sample.invalid ?? `${name} is undefined on what is expected of the rows` }
  }
  const random = createRandom(options.seed)
  const simulated = Array.from({ length: SIMULATIONS }, () => score(drawn(shares, rows, k, random)))
    .filter(Number.isFinite)
    .sort((a, b) => a - b)
  const tail = (1 - options.level) / 2
  const wider = Math.sqrt(1 + rows / calibration.rows)
  return {
    value,
    low: value + wider * Math.min(0, sortedQuantile(simulated, tail) - value),
    high: value + wider * Math.max(0, sortedQuantile(simulated, 1 - tail) - value),
    method: 'CBPE',
  }
}

function copied(predictions: Predictions, k: number): { labels: Labels; predictions: Predictions } {
  const { task, classes, rows, scores } = predictions
  const width = task === 'binary' ? 1 : k
  const spread = new Float64Array(rows * k * width)
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < k; c++) spread.set(scores.subarray(row * width, (row + 1) * width), (row * k + c) * width)
  }
  return {
    labels: { task, classes, values: Float64Array.from({ length: rows * k }, (_, i) => i % k) },
    predictions: { ...predictions, rows: rows * k, scores: spread },
  }
}

/** One label a row, drawn by its probabilities, as weights of the copies. */
function drawn(shares: Float64Array, rows: number, k: number, random: Random): Float64Array {
  const weights = new Float64Array(rows * k)
  for (let row = 0; row < rows; row++) {
    let left = random.next()
    let c = 0
    while (c < k - 1 && left >= (shares[row * k + c] as number)) left -= shares[row * k + c++] as number
    weights[row * k + c] = 1
  }
  return weights
}

function thinned(predictions: Predictions, most: number): Predictions {
  const { rows, scores } = predictions
  if (rows <= most) return predictions
  const width = scores.length / rows
  const kept = new Float64Array(most * width)
  for (let i = 0; i < most; i++) {
    const row = Math.floor((i * rows) / most)
    kept.set(scores.subarray(row * width, (row + 1) * width), i * width)
  }
  return { ...predictions, rows: most, scores: kept }
}

function fromLosses(
  calibration: Regression,
  { rows, scores }: Predictions,
  metric: string,
  { features, level }: EstimateOptions,
): PerformanceEstimate {
  if (metric !== 'mae' && metric !== 'rmse')
    return { none: `only mae and rmse can be estimated without labels, not ${metric}` }
  if (features === undefined || features.width !== calibration.width)
    return { none: 'the calibration has other features' }
  const model = metric === 'mae' ? calibration.absolute : calibration.squared
  const inputs = withPrediction(features, scores)
  let mean = 0
  for (let row = 0; row < rows; row++) mean += lossAt(model, inputs, row * (features.width + 1)) / rows
  const reach = normalQuantile(1 - (1 - level) / 2) * model.residual * Math.sqrt(1 / rows + 1 / calibration.rows)
  const root = metric === 'mae' ? (value: number) => value : Math.sqrt
  return { value: root(mean), low: root(Math.max(0, mean - reach)), high: root(mean + reach), method: 'DLE' }
}
