import { termsOf } from '../../stats/sums.ts'
import type { Sample } from '../sample.ts'
import { absolute, defineFamily, type Family, type MetricDefinition, ratio, type Summariser, summed } from './family.ts'

/** Weighted counts of the four outcomes of a binary decision. */
export interface Confusion {
  readonly tp: number
  readonly fp: number
  readonly tn: number
  readonly fn: number
}

/** Outcome of the rows `from` … `to` − 1 as an index: 0 tn, 1 fp, 2 fn, 3 tp. A row is decided positive when score ≥ threshold. */
export function outcomes(
  sample: Pick<Sample, 'rows' | 'labels' | 'scores' | 'threshold'>,
  from = 0,
  to = sample.rows,
): Uint8Array {
  const { labels, scores, threshold } = sample
  const codes = new Uint8Array(to - from)
  for (let i = 0; i < codes.length; i++) {
    codes[i] = (labels[from + i] === 1 ? 2 : 0) + ((scores[from + i] as number) >= threshold ? 1 : 0)
  }
  return codes
}

const positives = (c: Confusion): number => c.tp + c.fn
const negatives = (c: Confusion): number => c.tn + c.fp

function missingClass(c: Confusion): string {
  if (positives(c) + negatives(c) === 0) return 'there are no rows'
  return positives(c) === 0 ? 'no row is positive' : 'no row is negative'
}

function matthews(c: Confusion): number {
  const product = (c.tp + c.fp) * (c.tp + c.fn) * (c.tn + c.fp) * (c.tn + c.fn)
  return product > 0 ? (c.tp * c.tn - c.fp * c.fn) / Math.sqrt(product) : Number.NaN
}

const common = { margin: 'absolute', direction: 'higher', defaultMargin: absolute(0.005) } as const

/** Fβ = (1 + β²)·tp / ((1 + β²)·tp + β²·fn + fp): recall counts β times as much as precision. */
function fBeta(name: string, beta: number, rest: Partial<MetricDefinition<Confusion>>): MetricDefinition<Confusion> {
  const weight = beta * beta
  return {
    ...common,
    name,
    defaultMargin: absolute(0.01),
    description: `F${beta}: ${1 + weight}·tp / (${1 + weight}·tp + ${weight}·fn + fp); recall counts ${beta} times as much as precision.`,
    value: (c) => ratio((1 + weight) * c.tp, (1 + weight) * c.tp + weight * c.fn + c.fp),
    rests: (c) => c.tp + (c.fn + c.fp) / 2,
    undefinedBecause: () => 'no row is positive and none is decided so',
    ...rest,
  }
}

const prepare = (sample: Sample): Summariser<Confusion> =>
  summed(
    sample,
    termsOf(sample.rows, (from, to) => ({
      rows: to - from,
      columns: [],
      cells: [{ count: 4, code: outcomes(sample, from, to) }],
    })),
    ([, tn, fp, fn, tp]) => ({ tn, fp, fn, tp }) as Confusion,
  )

/** Fβ of any β. */
export const fBetaFamily = (beta: number): Family =>
  defineFamily<Confusion>('binary', prepare, [fBeta(`f${beta}`, beta, { onRequest: true })])

/** Metrics of the decisions of a binary model at its threshold. */
export const confusionFamily = defineFamily<Confusion>('binary', prepare, [
  {
    ...common,
    name: 'accuracy',
    description: 'Share of rows decided rightly: (tp + tn) / n.',
    proportion: (c) => ({ successes: c.tp + c.tn, trials: positives(c) + negatives(c) }),
    value: (c) => ratio(c.tp + c.tn, positives(c) + negatives(c)),
    undefinedBecause: missingClass,
  },
  {
    ...common,
    name: 'balanced-accuracy',
    description: 'Mean of recall and specificity.',
    value: (c) => (ratio(c.tp, positives(c)) + ratio(c.tn, negatives(c))) / 2,
    rests: (c) => Math.min(positives(c), negatives(c)),
    undefinedBecause: missingClass,
  },
  {
    ...common,
    name: 'precision',
    defaultMargin: absolute(0.01),
    description: 'Share of rows decided positive that are: tp / (tp + fp).',
    proportion: (c) => ({ successes: c.tp, trials: c.tp + c.fp }),
    value: (c) => ratio(c.tp, c.tp + c.fp),
    rests: (c) => c.tp + c.fp,
    undefinedBecause: () => 'no row is decided positive',
  },
  {
    ...common,
    name: 'recall',
    defaultMargin: absolute(0.01),
    description: 'Share of positive rows found: tp / (tp + fn).',
    proportion: (c) => ({ successes: c.tp, trials: positives(c) }),
    value: (c) => ratio(c.tp, positives(c)),
    rests: positives,
    undefinedBecause: missingClass,
  },
  {
    ...common,
    name: 'specificity',
    defaultMargin: absolute(0.01),
    description: 'Share of negative rows left alone: tn / (tn + fp).',
    proportion: (c) => ({ successes: c.tn, trials: negatives(c) }),
    value: (c) => ratio(c.tn, negatives(c)),
    rests: negatives,
    undefinedBecause: missingClass,
  },
  fBeta('f1', 1, { description: 'Harmonic mean of precision and recall: 2·tp / (2·tp + fp + fn).' }),
  fBeta('f2', 2, { onRequest: true }),
  fBeta('f0.5', 0.5, { onRequest: true }),
  {
    ...common,
    name: 'mcc',
    defaultMargin: absolute(0.01),
    description: 'Matthews correlation of decision and truth, −1 … 1.',
    value: matthews,
    rests: (c) => Math.min(positives(c), negatives(c), c.tp + c.fp, c.tn + c.fn),
    undefinedBecause: (c) =>
      positives(c) === 0 || negatives(c) === 0 ? missingClass(c) : 'every row is decided the same way',
  },
])
