import { termsOf } from '../../stats/sums.ts'
import type { Sample } from '../sample.ts'
import {
  absolute,
  defineFamily,
  type Family,
  type MetricDefinition,
  NO_ROWS,
  ratio,
  relative,
  type Summariser,
  summed,
} from './family.ts'

/** Terms of one row: `error` is predicted − true, `centred` the label less the plain mean of the labels. */
type Term = (error: number, label: number, score: number, centred: number) => number

/** Loss of predicting the τ-quantile: τ per unit that the truth lies above the prediction, 1 − τ per unit below. */
const pinball =
  (tau: number): Term =>
  (error) =>
    error < 0 ? -error * tau : error * (1 - tau)

const TERMS = {
  error: (error) => error,
  absolute: (error) => Math.abs(error),
  squared: (error) => error * error,
  // Sums of squares are taken around the plain mean, so that large labels do not cancel.
  label: (_, __, ___, centred) => centred,
  labelSquared: (_, __, ___, centred) => centred * centred,
  percentage: (error, label) => (label === 0 ? 0 : Math.abs(error / label)),
  zero: (_, label) => (label === 0 ? 1 : 0),
  symmetric: (error, label, score) =>
    label === 0 && score === 0 ? 0 : (2 * Math.abs(error)) / (Math.abs(label) + Math.abs(score)),
  size: (_, label) => Math.abs(label),
  low: pinball(0.1),
  high: pinball(0.9),
} as const satisfies Record<string, Term>

type TermName = keyof typeof TERMS
type Regression = { readonly weight: number } & Readonly<Record<TermName, number>>

interface Definition extends MetricDefinition<Regression> {
  readonly uses: readonly TermName[]
}

const inUnits = {
  margin: 'relative',
  direction: 'lower',
  defaultMargin: relative(0.01),
  undefinedBecause: NO_ROWS,
} as const

const variation = (r: Regression): number => r.labelSquared - (r.label * r.label) / r.weight

const DEFINITIONS: readonly Definition[] = [
  {
    ...inUnits,
    name: 'rmse',
    uses: ['squared'],
    description: 'Root of the mean squared error, in the unit of the label.',
    value: (r) => Math.sqrt(ratio(r.squared, r.weight)),
  },
  {
    ...inUnits,
    name: 'mae',
    uses: ['absolute'],
    description: 'Mean absolute error, in the unit of the label.',
    value: (r) => ratio(r.absolute, r.weight),
  },
  {
    name: 'r2',
    uses: ['squared', 'label', 'labelSquared'],
    direction: 'higher',
    margin: 'absolute',
    defaultMargin: absolute(0.01),
    student: true,
    description: 'Share of the label’s variance that is explained: 1 − Σ(y − ŷ)² / Σ(y − ȳ)².',
    // Rounding leaves some 1e-16 of the squares where every label is the same.
    value: (r) => (variation(r) > 1e-12 * r.weight ? 1 - r.squared / variation(r) : Number.NaN),
    undefinedBecause: (r) => (r.weight > 0 ? 'every row has the same true value' : NO_ROWS()),
  },
  {
    ...inUnits,
    name: 'mape',
    uses: ['percentage', 'zero'],
    description: 'Mean of |error / true value|, as a share; undefined where a true value is 0.',
    value: (r) => (r.zero > 0 ? Number.NaN : ratio(r.percentage, r.weight)),
    undefinedBecause: (r) => (r.weight > 0 ? 'some true values are 0 (wape has no such trouble)' : NO_ROWS()),
  },
  {
    ...inUnits,
    name: 'smape',
    uses: ['symmetric'],
    description:
      'Mean of 2·|error| / (|true| + |predicted|), 0 … 2; a row where both are 0 counts 0. It forgives predictions that are too high more than ones too low.',
    value: (r) => ratio(r.symmetric, r.weight),
  },
  {
    ...inUnits,
    name: 'wape',
    uses: ['absolute', 'size'],
    description: 'Sum of the absolute errors as a share of the sum of the absolute true values.',
    value: (r) => ratio(r.absolute, r.size),
    undefinedBecause: (r) => (r.weight > 0 ? 'every true value is 0' : NO_ROWS()),
  },
  {
    name: 'bias',
    uses: ['error'],
    direction: 'lower',
    margin: 'absolute',
    defaultMargin: absolute(0),
    signed: true,
    description:
      'Mean of predicted − true, in the unit of the label; better the closer to 0. A difference of two is that of their sizes.',
    value: (r) => r.error / r.weight,
    undefinedBecause: NO_ROWS,
  },
  {
    ...inUnits,
    name: 'pinball-p10',
    uses: ['low'],
    onRequest: true,
    description: 'Quantile loss of a prediction of the 10 % quantile: 0.1 per unit too low, 0.9 per unit too high.',
    value: (r) => ratio(r.low, r.weight),
  },
  {
    ...inUnits,
    name: 'pinball-p90',
    uses: ['high'],
    onRequest: true,
    description: 'Quantile loss of a prediction of the 90 % quantile: 0.9 per unit too low, 0.1 per unit too high.',
    value: (r) => ratio(r.high, r.weight),
  },
]

function prepare(sample: Sample, names: readonly string[]): Summariser<Regression> {
  const { rows, labels, scores } = sample
  const wanted = DEFINITIONS.filter((definition) => names.includes(definition.name))
  const used = [...new Set(wanted.flatMap((definition) => definition.uses))]
  let mean = 0
  for (const label of labels) mean += label / rows
  const columnOf = (term: Term, from: number, to: number): Float64Array => {
    const column = new Float64Array(to - from)
    for (let i = 0; i < column.length; i++) {
      const label = labels[from + i] as number
      const score = scores[from + i] as number
      column[i] = term(score - label, label, score, label - mean)
    }
    return column
  }
  const terms = termsOf(rows, (from, to) => ({
    rows: to - from,
    columns: used.map((name) => columnOf(TERMS[name], from, to)),
  }))
  const summary = { weight: 0 } as { weight: number } & Record<TermName, number>
  return summed(sample, terms, (sums) => {
    summary.weight = sums[0] as number
    for (let i = 0; i < used.length; i++) summary[used[i] as TermName] = sums[i + 1] as number
    return summary
  })
}

/** Loss of predicting any quantile: `percent` 90 for the 90 % quantile. */
export const pinballFamily = (percent: number): Family => {
  const loss = pinball(percent / 100)
  return defineFamily<{ readonly loss: number; readonly weight: number }>(
    'regression',
    (sample) => {
      const column = sample.labels.map((label, i) => loss((sample.scores[i] as number) - label, label, 0, 0))
      return summed(sample, { rows: sample.rows, columns: [column] }, (sums) => ({
        weight: sums[0] as number,
        loss: sums[1] as number,
      }))
    },
    [
      {
        ...inUnits,
        name: `pinball-p${percent}`,
        onRequest: true,
        description: `Quantile loss of a prediction of the ${percent} % quantile.`,
        value: (r) => ratio(r.loss, r.weight),
      },
    ],
  )
}

/** Metrics of predicted numbers that are sums over the rows. */
export const regressionFamily = defineFamily<Regression>('regression', prepare, DEFINITIONS)
