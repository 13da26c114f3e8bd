import type { Direction } from '../core/task.ts'
import { absolute, type Margin, ratio } from './metrics/family.ts'

/** What a model does to a group of rows: shares of them, and how its scores agree with their labels. NaN where undefined. */
export interface Rates {
  /** Share of rows decided positive. */
  readonly selectionRate: number
  readonly truePositiveRate: number
  readonly falsePositiveRate: number
  readonly accuracy: number
  /** Share of positives among the rows decided positive. */
  readonly positivePredictiveValue: number
  readonly labelRate: number
  readonly meanScore: number
  /** Mean score − label rate. */
  readonly calibrationGap: number
  /** Label rate / mean score (observed over expected). */
  readonly observedOverExpected: number
}

/** Rates from weighted outcome counts and the weighted sum of scores. */
export function ratesOf(tn: number, fp: number, fn: number, tp: number, scores: number): Rates {
  const rows = tn + fp + fn + tp
  const labelRate = ratio(tp + fn, rows)
  const meanScore = ratio(scores, rows)
  return {
    selectionRate: ratio(tp + fp, rows),
    truePositiveRate: ratio(tp, tp + fn),
    falsePositiveRate: ratio(fp, fp + tn),
    accuracy: ratio(tp + tn, rows),
    positivePredictiveValue: ratio(tp, tp + fp),
    labelRate,
    meanScore,
    calibrationGap: meanScore - labelRate,
    observedOverExpected: ratio(labelRate, meanScore),
  }
}

export const UNDEFINED_RATES: Rates = ratesOf(0, 0, 0, 0, Number.NaN)

export interface GroupMetric {
  readonly name: string
  readonly method: 'between-groups' | 'to-overall'
  readonly direction: Direction
  /** The margin of a comparison with the champion where a gate names none. */
  readonly defaultMargin: Margin
  readonly description: string
  /** NaN where undefined. `overall` is of all rows, those of groups that are not compared included. */
  value(groups: readonly Rates[], overall: Rates): number
}

interface Notion {
  readonly name: string
  /** What is compared; of several rates the worse. */
  readonly differences: readonly (keyof Rates)[]
  readonly ratios: readonly (keyof Rates)[]
  readonly what: string
}

const NOTIONS: readonly Notion[] = [
  {
    name: 'demographic-parity',
    differences: ['selectionRate'],
    ratios: ['selectionRate'],
    what: 'share of rows decided positive',
  },
  {
    name: 'equalized-odds',
    differences: ['truePositiveRate', 'falsePositiveRate'],
    ratios: ['truePositiveRate', 'falsePositiveRate'],
    what: 'true positive rate or false positive rate, whichever is worse',
  },
  {
    name: 'equal-opportunity',
    differences: ['truePositiveRate'],
    ratios: ['truePositiveRate'],
    what: 'true positive rate',
  },
  {
    name: 'predictive-parity',
    differences: ['positivePredictiveValue'],
    ratios: ['positivePredictiveValue'],
    what: 'share of positives among the rows decided positive',
  },
  {
    name: 'group-calibration',
    differences: ['calibrationGap'],
    ratios: ['observedOverExpected'],
    what: 'mean score − share of positive labels (as a ratio: observed / expected positives)',
  },
]

/**
 * Group fairness as fairlearn defines it, but undefined where a denominator is empty: difference and ratio of each notion,
 * between the groups (largest − smallest, smallest / largest) and to the overall rate (largest distance from it,
 * smallest ratio with it, whichever way round is below 1).
 */
export const FAIRNESS_METRICS: readonly GroupMetric[] = (['between-groups', 'to-overall'] as const).flatMap((method) =>
  NOTIONS.flatMap((notion): readonly GroupMetric[] => {
    const suffix = method === 'to-overall' ? '-to-overall' : ''
    const shared = { method, defaultMargin: absolute(0.02) }
    const between = method === 'between-groups'
    return [
      {
        ...shared,
        name: `${notion.name}-difference${suffix}`,
        direction: 'lower',
        description: between
          ? `Largest − smallest ${notion.what} among the groups.`
          : `Largest distance of a group from the overall ${notion.what}.`,
        value: (groups, overall) =>
          worst(notion.differences, (rate) => (between ? difference(groups, rate) : distance(groups, overall, rate))),
      },
      {
        ...shared,
        name: `${notion.name}-ratio${suffix}`,
        direction: 'higher',
        description: between
          ? `Smallest / largest ${notion.what} among the groups.`
          : `Smallest ratio of a group’s and the overall ${notion.what}, the smaller over the larger.`,
        value: (groups, overall) =>
          -worst(notion.ratios, (rate) => -(between ? quotient(groups, rate) : closeness(groups, overall, rate))),
      },
    ]
  }),
)

/** The largest; NaN when any is: half of the answer is no answer. */
function worst(rates: readonly (keyof Rates)[], value: (rate: keyof Rates) => number): number {
  let largest = -Infinity
  for (const rate of rates) largest = Math.max(largest, value(rate))
  return largest
}

function difference(groups: readonly Rates[], rate: keyof Rates): number {
  const found = extremes(groups, rate)
  return found ? found.high - found.low : Number.NaN
}

function quotient(groups: readonly Rates[], rate: keyof Rates): number {
  const found = extremes(groups, rate)
  return found ? ratio(found.low, found.high) : Number.NaN
}

function distance(groups: readonly Rates[], overall: Rates, rate: keyof Rates): number {
  const found = extremes(groups, rate)
  return found ? Math.max(found.high - overall[rate], overall[rate] - found.low) : Number.NaN
}

function closeness(groups: readonly Rates[], overall: Rates, rate: keyof Rates): number {
  const found = extremes(groups, rate)
  return found ? Math.min(ratio(found.low, overall[rate]), ratio(overall[rate], found.high)) : Number.NaN
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
