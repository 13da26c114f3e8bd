import { RefitError } from '../core/error.ts'
import type { Task } from '../core/task.ts'
import type { Labels, Predictions } from '../training/types.ts'
import { type CostTable, tableWorth, type Worth } from './worth.ts'

export type { CostTable } from './worth.ts'

export interface MetricOptions {
  /** Binary: a row is decided positive when its score is at or above this. Default 0.5. */
  readonly threshold?: number | undefined
  /** A cost table, or what a formula makes of each row. */
  readonly value?: CostTable | Worth | undefined
  /** Sample weights, one per row, ≥ 0. */
  readonly weights?: Float64Array | undefined
  readonly dependence?: Dependence | undefined
}

/** Which rows are not independent of each other. */
export interface Dependence {
  /** A number for each row: rows of the same number belong to the same customer, device, … */
  readonly clusters?: Uint32Array | undefined
  /** When each row happened; rows that are close in time may be alike. */
  readonly times?: Float64Array | undefined
  /** Draw blocks of neighbours even where no correlation is to be seen. */
  readonly always?: boolean | undefined
}

/** Truth and prediction of n rows side by side: what every metric is computed from. */
export interface Sample {
  readonly task: Task
  readonly rows: number
  /** Number of classes; 2 for binary, 0 for regression. */
  readonly classes: number
  readonly classNames: readonly string[]
  /** Class codes (binary: 1 is the positive class) or values. */
  readonly labels: Float64Array
  /** As in `Predictions.scores`. */
  readonly scores: Float64Array
  readonly threshold: number
  readonly worth: Worth | undefined
  readonly weights: Float64Array | undefined
  readonly dependence: Dependence
  /** Why no metric of this sample can be trusted: `3 of 100 predictions are not finite`. */
  readonly invalid: string | undefined
}

/** @throws RefitError when labels and predictions are not of the same rows, task and classes: that is never data, always a mix-up. */
export function createSample(labels: Labels, predictions: Predictions, options: MetricOptions = {}): Sample {
  const rows = labels.values.length
  if (labels.task !== predictions.task || rows !== predictions.rows) {
    throw new RefitError(
      'evaluation',
      `predictions are for ${predictions.rows} rows of a ${predictions.task} task, labels for ${rows} rows of a ${labels.task} task`,
    )
  }
  if (labels.task !== 'regression' && labels.classes.join('\0') !== predictions.classes.join('\0')) {
    throw new RefitError(
      'evaluation',
      `the model knows the classes ${quoted(predictions.classes)}, the labels have ${quoted(labels.classes)}`,
      { hint: 'Score the rows with classes in the order of the labels, or train a new model.' },
    )
  }
  const width = labels.task === 'multiclass' ? labels.classes.length : 1
  if (predictions.scores.length !== rows * width) {
    throw new RefitError(
      'evaluation',
      `expected ${rows * width} scores for ${rows} rows, got ${predictions.scores.length}`,
    )
  }
  return {
    task: labels.task,
    rows,
    classes: labels.task === 'regression' ? 0 : labels.classes.length,
    classNames: labels.classes,
    labels: labels.values,
    scores: predictions.scores,
    threshold: options.threshold ?? 0.5,
    worth: options.value && 'tp' in options.value ? tableWorth(options.value, labels.values) : options.value,
    weights: options.weights,
    dependence: options.dependence ?? {},
    invalid: findInvalid(labels.task, predictions.scores, width),
  }
}

/** Whether two models cannot be told apart on these rows: the same scores, or no more than a constant each. */
export function isAlike(a: Sample, b: Sample): boolean {
  const constant = ({ scores }: Sample): boolean => scores.every((score) => score === scores[0])
  if (constant(a) && constant(b)) return true
  return a.scores.every((score, i) => score === b.scores[i])
}

/**
 * The rows of a slice or group, as a sample of its own.
 *
 * @param beside Another model's sample and the same rows of it: what both models have in common is not taken again.
 */
export function subsample(
  sample: Sample,
  rows: Uint32Array,
  beside?: { readonly whole: Sample; readonly part: Sample },
): Sample {
  const width = sample.task === 'multiclass' ? sample.classes : 1
  const scores = new Float64Array(rows.length * width)
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] as number) * width
    for (let c = 0; c < width; c++) scores[i * width + c] = sample.scores[from + c] as number
  }
  const common = <Part extends 'labels' | 'worth' | 'weights' | 'dependence'>(
    part: Part,
    taken: (of: NonNullable<Sample[Part]>) => Sample[Part],
  ): Sample[Part] => {
    const of = sample[part]
    if (of === undefined) return of
    return beside?.whole[part] === of ? beside.part[part] : taken(of as NonNullable<Sample[Part]>)
  }
  return {
    ...sample,
    rows: rows.length,
    labels: common('labels', (labels) => take(labels, rows)),
    scores,
    worth: common('worth', (worth) => ({
      ...worth,
      decidedPositive: take(worth.decidedPositive, rows),
      decidedNegative: take(worth.decidedNegative, rows),
    })),
    weights: common('weights', (weights) => take(weights, rows)),
    dependence: common('dependence', ({ clusters, times, ...rest }) => ({
      ...rest,
      ...(clusters === undefined ? {} : { clusters: rows.map((row) => clusters[row] as number) }),
      ...(times === undefined ? {} : { times: take(times, rows) }),
    })),
  }
}

export function take(values: Float64Array, rows: Uint32Array): Float64Array {
  const taken = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) taken[i] = values[rows[i] as number] as number
  return taken
}

/** Squares and sums of larger predictions overflow. */
const LARGEST = 1e100

function findInvalid(task: Task, scores: Float64Array, width: number): string | undefined {
  let notFinite = 0
  let huge = 0
  let outside = 0
  for (const score of scores) {
    if (!Number.isFinite(score)) notFinite++
    else if (score < 0 || score > 1) {
      outside++
      if (Math.abs(score) > LARGEST) huge++
    }
  }
  const total = scores.length.toLocaleString('en-US')
  if (notFinite > 0) return `${notFinite.toLocaleString('en-US')} of ${total} predictions are not finite numbers`
  if (task === 'regression' && huge > 0) {
    return `${huge.toLocaleString('en-US')} of ${total} predictions are too large to compute with (beyond 1e100)`
  }
  if (task === 'regression') return undefined
  if (outside > 0) return `${outside.toLocaleString('en-US')} of ${total} probabilities lie outside 0 … 1`
  if (task === 'binary') return undefined
  let unbalanced = 0
  for (let i = 0; i < scores.length; i += width) {
    let sum = 0
    for (let c = 0; c < width; c++) sum += scores[i + c] as number
    // Softmax in 32-bit floats is off by some 1e-7.
    if (Math.abs(sum - 1) > 1e-3) unbalanced++
  }
  if (unbalanced === 0) return undefined
  return `the class probabilities of ${unbalanced.toLocaleString('en-US')} of ${(scores.length / width).toLocaleString('en-US')} rows do not sum to 1`
}

function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `“${name}”`)
  return shown.join(', ') + (names.length > 5 ? ', …' : '')
}
