import type { Random } from '../../src/core/random.ts'
import { createSample, type Dependence, type Sample } from '../../src/evaluation/sample.ts'
import type { Worth } from '../../src/evaluation/worth.ts'
import type { Predictions } from '../../src/training/types.ts'

/** A world from which holdouts are drawn: two models, and what they score on rows that never end. */
export interface Population {
  readonly name: string
  readonly metrics: readonly string[]
  /** Candidate and champion on so many fresh rows. */
  draw(rows: number, random: Random): readonly [Sample, Sample]
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

export interface BinaryOptions {
  readonly name: string
  /** Mean and standard deviation of the true log-odds. */
  readonly centre: number
  readonly spread: number
  /** Noise of the candidate's and of the champion's log-odds. */
  readonly noise: readonly [candidate: number, champion: number]
  readonly threshold?: number
  /** Rows of one customer share half of the variance of their log-odds and of the models' errors. */
  readonly perCustomer?: number
  /** Autocorrelation of log-odds and errors from row to row. */
  readonly autocorrelation?: number
  /** Rows weigh between a third and three times as much as others, negatives twice as much as positives. */
  readonly weighted?: boolean
  /** Worth by a formula over an amount with a long tail, instead of by a cost table. */
  readonly amounts?: boolean
  readonly metrics?: readonly string[]
}

const BINARY = [
  'auc',
  'pr-auc',
  'ks',
  'lift@10%',
  'gains@10%',
  'accuracy',
  'balanced-accuracy',
  'precision',
  'recall',
  'specificity',
  'f1',
  'f2',
  'f0.5',
  'mcc',
  'value',
  'log-loss',
  'brier',
  'ece',
]

export function binaryPopulation(options: BinaryOptions): Population {
  const { centre, spread, noise, threshold = 0.5, perCustomer = 1, autocorrelation = 0 } = options
  return {
    name: options.name,
    metrics: options.metrics ?? BINARY,
    draw(rows, random) {
      const signals = Array.from({ length: 3 }, () => correlated(rows, random, perCustomer, autocorrelation))
      const [truth, a, b] = signals as [Float64Array, Float64Array, Float64Array]
      const odds = truth.map((z) => centre + spread * z)
      const labels = odds.map((z) => (random.next() < sigmoid(z) ? 1 : 0))
      const scores = [a, b].map((error, model) =>
        odds.map((z, i) => sigmoid(z + (noise[model] as number) * (error[i] as number))),
      )
      const dependence = dependenceOf(rows, options)
      return pair('binary', ['no', 'yes'], labels, scores as [Float64Array, Float64Array], {
        threshold,
        value: options.amounts ? worthOfAmounts(labels, random) : { tp: 10, fp: -3, tn: 0, fn: 0, unit: '' },
        dependence,
        weights: options.weighted ? weightsOf(labels, random) : undefined,
      })
    },
  }
}

type Rows = Pick<BinaryOptions, 'perCustomer' | 'autocorrelation' | 'weighted'>

function dependenceOf(rows: number, { perCustomer = 1, autocorrelation = 0 }: Rows): Dependence {
  return {
    ...(perCustomer > 1 ? { clusters: Uint32Array.from({ length: rows }, (_, i) => Math.floor(i / perCustomer)) } : {}),
    ...(autocorrelation > 0 ? { times: Float64Array.from({ length: rows }, (_, i) => i) } : {}),
  }
}

function weightsOf(labels: Float64Array, random: Random): Float64Array {
  return labels.map((label) => (label === 1 ? 1 : 2) * 3 ** (2 * random.next() - 1))
}

/** `tp * amount * 0.1 - fp * 5` with amounts around 100 that are log-normal: one in a hundred is above 1,000. */
function worthOfAmounts(labels: Float64Array, random: Random): Worth {
  const amounts = labels.map(() => 100 * Math.exp(random.normal()))
  return {
    unit: '',
    decidedPositive: labels.map((label, i) => (label === 1 ? 0.1 * (amounts[i] as number) : -5)),
    decidedNegative: labels.map(() => 0),
  }
}

const REGRESSION = ['rmse', 'mae', 'r2', 'median-ae', 'mape', 'smape', 'wape', 'bias', 'pinball-p10', 'pinball-p90']

/** A skewed label and errors that grow with it, as prices have. */
export function regressionPopulation(
  name: string,
  options: Rows & { readonly sizes?: readonly [number, number] } = {},
): Population {
  const { perCustomer = 1, autocorrelation = 0, sizes = [1, 1.2] } = options
  return {
    name,
    metrics: REGRESSION,
    draw(rows, random) {
      const normals = () => correlated(rows, random, perCustomer, autocorrelation)
      const labels = normals().map((z) => 20 + 60 * Math.exp(0.5 * z))
      const predictions = sizes.map((size) => {
        const errors = normals()
        return labels.map((label, i) => label + 0.5 + size * Math.sqrt(label) * (errors[i] as number))
      })
      return pair('regression', [], labels, predictions as [Float64Array, Float64Array], {
        dependence: dependenceOf(rows, options),
        weights: options.weighted
          ? weightsOf(
              labels.map((label) => (label > 80 ? 1 : 0)),
              random,
            )
          : undefined,
      })
    },
  }
}

export function multiclassPopulation(name: string): Population {
  const shares = [0.5, 0.3, 0.15, 0.05]
  const classes = ['a', 'b', 'c', 'd']
  return {
    name,
    metrics: [
      'accuracy',
      'balanced-accuracy',
      'macro-precision',
      'macro-recall',
      'macro-f1',
      'micro-f1',
      'weighted-precision',
      'weighted-f1',
      'top-2-accuracy',
      'top-3-accuracy',
      'log-loss',
      'precision:d',
      'recall:d',
      'f1:d',
    ],
    draw(rows, random) {
      const labels = Float64Array.from({ length: rows }, () => pick(shares, random.next()))
      const softmax = (strength: number): Float64Array => {
        const scores = new Float64Array(rows * 4)
        for (let i = 0; i < rows; i++) {
          const odds = classes.map(
            (_, c) => Math.log(shares[c] as number) + random.normal() + (labels[i] === c ? strength : 0),
          )
          const total = odds.reduce((sum, one) => sum + Math.exp(one), 0)
          odds.forEach((one, c) => (scores[i * 4 + c] = Math.exp(one) / total))
        }
        return scores
      }
      return pair('multiclass', classes, labels, [softmax(1.8), softmax(1.6)], {})
    },
  }
}

function pair(
  task: Predictions['task'],
  classes: readonly string[],
  labels: Float64Array,
  scores: readonly [Float64Array, Float64Array],
  options: Parameters<typeof createSample>[2],
): readonly [Sample, Sample] {
  const sampleOf = (own: Float64Array): Sample =>
    createSample({ task, classes, values: labels }, { task, classes, rows: labels.length, scores: own }, options)
  return [sampleOf(scores[0]), sampleOf(scores[1])]
}

/** Standard normal values, alike within customers or from row to row. */
function correlated(rows: number, random: Random, perCustomer: number, autocorrelation: number): Float64Array {
  const values = new Float64Array(rows)
  let shared = 0
  for (let i = 0; i < rows; i++) {
    if (perCustomer > 1) {
      if (i % perCustomer === 0) shared = random.normal()
      values[i] = Math.SQRT1_2 * shared + Math.SQRT1_2 * random.normal()
    } else if (autocorrelation > 0 && i > 0) {
      values[i] = autocorrelation * (values[i - 1] as number) + Math.sqrt(1 - autocorrelation ** 2) * random.normal()
    } else values[i] = random.normal()
  }
  return values
}

function pick(shares: readonly number[], at: number): number {
  let below = 0
  for (let c = 0; c < shares.length; c++) {
    below += shares[c] as number
    if (at < below) return c
  }
  return shares.length - 1
}
