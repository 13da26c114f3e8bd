import type { CostTable, Sample } from '../sample.ts'
import { absolute, defineFamily, ratio, relative } from './family.ts'

/** Weighted counts of the four outcomes of a binary decision. */
export interface Confusion {
  tp: number
  fp: number
  tn: number
  fn: number
}

/** Outcome of each row as an index: 0 tn, 1 fp, 2 fn, 3 tp. A row is decided positive when score ≥ threshold. */
export function outcomes(sample: Pick<Sample, 'rows' | 'labels' | 'scores' | 'threshold'>): Uint8Array {
  const codes = new Uint8Array(sample.rows)
  for (let i = 0; i < codes.length; i++) {
    codes[i] = (sample.labels[i] === 1 ? 2 : 0) + ((sample.scores[i] as number) >= sample.threshold ? 1 : 0)
  }
  return codes
}

/** What decisions were worth in total: tp·v_tp + fp·v_fp + tn·v_tn + fn·v_fn. */
export function totalValue(confusion: Confusion, value: CostTable): number {
  return confusion.tp * value.tp + confusion.fp * value.fp + confusion.tn * value.tn + confusion.fn * value.fn
}

/** Rows that `value` is stated for, so that holdouts of different size can be compared. */
export const VALUE_ROWS = 1000

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

/** Metrics of the decisions of a binary model at its threshold. */
export const confusionFamily = defineFamily<Confusion>(
  'binary',
  (sample) => {
    const { rows } = sample
    const positive = Float64Array.from(sample.labels, (label) => (label === 1 ? 1 : 0))
    const decided = Float64Array.from(sample.scores, (score) => (score >= sample.threshold ? 1 : 0))
    const summary: Confusion = { tp: 0, fp: 0, tn: 0, fn: 0 }
    return (weights) => {
      // Four sums in registers are faster than counting into four cells, and an outcome that does not occur is exactly 0.
      let tp = 0
      let fp = 0
      let tn = 0
      let fn = 0
      for (let i = 0; i < rows; i++) {
        const w = weights[i] as number
        const d = decided[i] as number
        const p = w * (positive[i] as number)
        const n = w - p
        const hit = p * d
        const alarm = n * d
        tp += hit
        fn += p - hit
        fp += alarm
        tn += n - alarm
      }
      summary.tp = tp
      summary.fp = fp
      summary.tn = tn
      summary.fn = fn
      return summary
    }
  },
  [
    {
      ...common,
      name: 'accuracy',
      description: 'Share of rows decided rightly: (tp + tn) / n.',
      suspicious: 0.999,
      value: (c) => ratio(c.tp + c.tn, positives(c) + negatives(c)),
      undefinedBecause: missingClass,
    },
    {
      ...common,
      name: 'balanced-accuracy',
      description: 'Mean of recall and specificity.',
      suspicious: 0.999,
      value: (c) => (ratio(c.tp, positives(c)) + ratio(c.tn, negatives(c))) / 2,
      undefinedBecause: missingClass,
    },
    {
      ...common,
      name: 'precision',
      defaultMargin: absolute(0.01),
      description: 'Share of rows decided positive that are: tp / (tp + fp).',
      value: (c) => ratio(c.tp, c.tp + c.fp),
      undefinedBecause: () => 'no row is decided positive',
    },
    {
      ...common,
      name: 'recall',
      defaultMargin: absolute(0.01),
      description: 'Share of positive rows found: tp / (tp + fn).',
      value: (c) => ratio(c.tp, positives(c)),
      undefinedBecause: missingClass,
    },
    {
      ...common,
      name: 'specificity',
      defaultMargin: absolute(0.01),
      description: 'Share of negative rows left alone: tn / (tn + fp).',
      value: (c) => ratio(c.tn, negatives(c)),
      undefinedBecause: missingClass,
    },
    {
      ...common,
      name: 'f1',
      defaultMargin: absolute(0.01),
      description: 'Harmonic mean of precision and recall: 2·tp / (2·tp + fp + fn).',
      suspicious: 0.999,
      value: (c) => ratio(2 * c.tp, 2 * c.tp + c.fp + c.fn),
      undefinedBecause: () => 'no row is positive and none is decided so',
    },
    {
      ...common,
      name: 'mcc',
      defaultMargin: absolute(0.01),
      description: 'Matthews correlation of decision and truth, −1 … 1.',
      suspicious: 0.998,
      value: matthews,
      undefinedBecause: (c) =>
        positives(c) === 0 || negatives(c) === 0 ? missingClass(c) : 'every row is decided the same way',
    },
    {
      name: 'value',
      direction: 'higher',
      margin: 'absolute',
      // A gate's margin is in the user's unit; the default cannot know its size and is a share.
      defaultMargin: relative(0.01),
      description: 'Business value of the decisions by the cost table, per 1,000 rows.',
      applies: (sample) => sample.value !== undefined,
      value: (c, sample) =>
        sample.value ? ratio(totalValue(c, sample.value) * VALUE_ROWS, positives(c) + negatives(c)) : Number.NaN,
      undefinedBecause: (_, sample) =>
        sample.value ? 'there are no rows' : 'no cost table is configured (evaluate.value)',
    },
  ],
)
