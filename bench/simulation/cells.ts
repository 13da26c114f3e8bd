import { binaryPopulation, multiclassPopulation, regressionPopulation, type Population } from './populations.ts'

const noise = [0.7, 0.9] as const
const plain = { centre: -0.5, spread: 1.5, noise }
/** Metrics that need no order of the scores: cheap on many rows. */
const CHEAP = ['auc', 'accuracy', 'precision', 'recall', 'f1', 'mcc', 'value', 'log-loss', 'brier', 'ece']

export const POPULATIONS: Readonly<Record<string, Population>> = {
  binary: binaryPopulation({ name: 'binary, 41 % positive', ...plain }),
  'binary-cheap': binaryPopulation({ name: 'binary, 41 % positive', ...plain, metrics: CHEAP }),
  'binary-good': binaryPopulation({
    name: 'binary, an excellent model (AUC 0.99)',
    centre: -3,
    spread: 8,
    noise: [0.7, 1.5],
  }),
  'binary-weighted': binaryPopulation({ name: 'binary, weighted rows', ...plain, weighted: true }),
  'binary-clusters': binaryPopulation({ name: 'binary, customers of 4 rows each', ...plain, perCustomer: 4 }),
  'binary-time': binaryPopulation({
    name: 'binary, a time series (autocorrelation 0.7)',
    ...plain,
    autocorrelation: 0.7,
  }),
  'binary-rare': binaryPopulation({
    name: 'binary, 1.5 % positive',
    centre: -5.3,
    spread: 1.6,
    noise,
    threshold: 0.05,
  }),
  'binary-rare-cheap': binaryPopulation({
    name: 'binary, 1.5 % positive',
    centre: -5.3,
    spread: 1.6,
    noise,
    threshold: 0.05,
    metrics: CHEAP,
  }),
  amounts: binaryPopulation({
    name: 'value by a formula with log-normal amounts',
    ...plain,
    amounts: true,
    metrics: ['value'],
  }),
  multiclass: multiclassPopulation('multiclass, classes of 50, 30, 15 and 5 %'),
  regression: regressionPopulation('regression'),
  'regression-weighted': regressionPopulation('regression, weighted rows', { weighted: true }),
  'regression-clusters': regressionPopulation('regression, customers of 4 rows each', { perCustomer: 4 }),
  'regression-time': regressionPopulation('regression, a time series (autocorrelation 0.7)', { autocorrelation: 0.7 }),
  'regression-worse': regressionPopulation('regression, a candidate that is worse', { sizes: [1.2, 1] }),
  'binary-worse': binaryPopulation({
    name: 'binary, a candidate that is worse',
    ...plain,
    noise: [1.2, 0.7],
    metrics: ['auc', 'accuracy', 'f1', 'value', 'log-loss', 'brier'],
  }),
  'binary-slices': binaryPopulation({
    name: 'binary, slices',
    ...plain,
    metrics: ['auc', 'accuracy', 'recall', 'f1', 'log-loss'],
  }),
  'regression-slices': {
    ...regressionPopulation('regression, slices'),
    metrics: ['rmse', 'mae', 'median-ae', 'r2'],
  },
}

export interface Cell {
  readonly kind: 'coverage' | 'slices' | 'margins'
  readonly population: string
  readonly rows: number
}

const sizes = (kind: Cell['kind'], population: string, ...rows: readonly number[]): readonly Cell[] =>
  rows.map((one) => ({ kind, population, rows: one }))

export const CELLS: readonly Cell[] = [
  ...sizes('coverage', 'binary', 200, 1000, 5000),
  ...sizes('coverage', 'binary-cheap', 20_000),
  ...sizes('coverage', 'binary-good', 200, 1000, 5000),
  ...sizes('coverage', 'binary-weighted', 200, 1000, 5000),
  ...sizes('coverage', 'binary-clusters', 200, 1000, 5000),
  ...sizes('coverage', 'binary-time', 200, 1000, 5000),
  ...sizes('coverage', 'binary-rare', 1000, 5000),
  ...sizes('coverage', 'binary-rare-cheap', 20_000),
  ...sizes('coverage', 'amounts', 200, 1000, 5000, 20_000),
  ...sizes('coverage', 'multiclass', 200, 1000, 5000),
  ...sizes('coverage', 'regression', 200, 1000, 5000, 20_000),
  ...sizes('coverage', 'regression-weighted', 200, 1000, 5000),
  ...sizes('coverage', 'regression-clusters', 200, 1000, 5000),
  ...sizes('coverage', 'regression-time', 200, 1000, 5000),
  ...sizes('slices', 'binary-slices', 2000),
  ...sizes('slices', 'regression-slices', 2000),
  ...sizes('margins', 'binary-worse', 1000),
  ...sizes('margins', 'regression-worse', 1000),
]
