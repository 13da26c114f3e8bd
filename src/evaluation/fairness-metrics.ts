import type { Direction } from '../core/task.ts'
import { absolute, type Margin, ratio } from './metrics/family.ts'

/** Decision rates of a group: shares of its rows decided positive, of its positives, of its negatives, and rightly. */
export interface Rates {
  readonly selectionRate: number
  readonly truePositiveRate: number
  readonly falsePositiveRate: number
  readonly accuracy: number
}

/** Rates from weighted outcome counts at `cells[at …]`, in the order tn, fp, fn, tp. NaN where a denominator is empty. */
export function ratesOf(cells: Float64Array, at: number): Rates {
  const tn = cells[at] as number
  const fp = cells[at + 1] as number
  const fn = cells[at + 2] as number
  const tp = cells[at + 3] as number
  return {
    selectionRate: ratio(tp + fp, tn + fp + fn + tp),
    truePositiveRate: ratio(tp, tp + fn),
    falsePositiveRate: ratio(fp, fp + tn),
    accuracy: ratio(tp + tn, tn + fp + fn + tp),
  }
}

export interface GroupMetric {
  readonly name: string
  readonly direction: Direction
  /** The margin of a comparison with the champion where a gate names none. */
  readonly defaultMargin: Margin
  readonly description: string
  /** NaN where undefined. */
  value(groups: readonly Rates[]): number
}

/** Demographic parity and equalized odds between groups, as fairlearn defines them, but undefined where a denominator is empty. */
export const FAIRNESS_METRICS: readonly GroupMetric[] = [
  {
    name: 'demographic-parity-difference',
    direction: 'lower',
    defaultMargin: absolute(0.02),
    description: 'Largest − smallest share of rows decided positive among the groups.',
    value: (groups) => difference(groups, 'selectionRate'),
  },
  {
    name: 'demographic-parity-ratio',
    direction: 'higher',
    defaultMargin: absolute(0.02),
    description: 'Smallest / largest share of rows decided positive among the groups.',
    value: (groups) => quotient(groups, 'selectionRate'),
  },
  {
    name: 'equalized-odds-difference',
    direction: 'lower',
    defaultMargin: absolute(0.02),
    description: 'The larger of the differences in true and in false positive rate among the groups.',
    value: (groups) => larger(difference(groups, 'truePositiveRate'), difference(groups, 'falsePositiveRate')),
  },
  {
    name: 'equalized-odds-ratio',
    direction: 'higher',
    defaultMargin: absolute(0.02),
    description: 'The smaller of the ratios of true and of false positive rates among the groups.',
    value: (groups) => -larger(-quotient(groups, 'truePositiveRate'), -quotient(groups, 'falsePositiveRate')),
  },
]

/** NaN when either is: half of the answer is no answer. */
function larger(a: number, b: number): number {
  return Math.max(a, b)
}

function extremes(groups: readonly Rates[], rate: keyof Rates): { low: number; high: number } | undefined {
  let low = Infinity
  let high = -Infinity
  let defined = 0
  for (const group of groups) {
    const value = group[rate]
    if (Number.isNaN(value)) continue
    defined++
    if (value < low) low = value
    if (value > high) high = value
  }
  // One group alone has nothing to be equal to.
  return defined < 2 ? undefined : { low, high }
}

function difference(groups: readonly Rates[], rate: keyof Rates): number {
  const found = extremes(groups, rate)
  return found ? found.high - found.low : Number.NaN
}

function quotient(groups: readonly Rates[], rate: keyof Rates): number {
  const found = extremes(groups, rate)
  return found ? ratio(found.low, found.high) : Number.NaN
}
