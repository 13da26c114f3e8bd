import { aucFreedom, aucVariance, type DeLong, delong, delongTest } from '../stats/delong.ts'
import { mcnemar, tango, wilson } from '../stats/proportion.ts'
import { studentQuantile, studentTwoSided } from '../stats/special.ts'
import { outcomes } from './metrics/confusion.ts'
import type { Metric } from './metrics/family.ts'
import { decisions, topHits } from './metrics/decisions.ts'
import { rankOrder } from './metrics/rank-order.ts'
import { isAlike, type Sample } from './sample.ts'
import type { Interval } from './types.ts'

/** Intervals and tests that need no resampling; they hold for independent rows without weights. */

export interface Test {
  readonly pValue: number
  /** `DeLong`, `McNemar mid-p (exact p = 0.0391)`. */
  readonly test: string
}

export function rocOf(sample: Sample, metrics: readonly Metric[]): DeLong | null {
  if (sample.task !== 'binary' || sample.invalid !== undefined) return null
  return metrics.some((metric) => metric.name === 'auc')
    ? delong(sample.labels, sample.scores, rankOrder(sample.scores))
    : null
}

/**
 * Interval of one AUC, from DeLong's variance on the scale of its log-odds: symmetric intervals leave 0 … 1 and cover
 * too seldom near its ends (Pepe 2003, Qin & Hotilovac 2008). A perfect ranking of n₁ against n₀ rows is compatible with
 * every AUC at which the smaller class had a chance of (1 − level)/2 to rank perfectly.
 */
export function aucInterval(roc: DeLong, level: number): Interval | null {
  const { auc } = roc
  const variance = aucVariance(roc)
  if (Number.isNaN(variance)) return null
  const method = 'DeLong (log-odds)'
  const tail = (1 - level) / 2
  if (auc === 0 || auc === 1) {
    const reach = 1 - tail ** (1 / Math.min(roc.positives.length, roc.negatives.length))
    return auc === 1 ? { low: 1 - reach, high: 1, level, method } : { low: 0, high: reach, level, method }
  }
  const centre = Math.log(auc / (1 - auc))
  const reach = (studentQuantile(1 - tail, aucFreedom(roc)) * Math.sqrt(variance)) / (auc * (1 - auc))
  const expit = (x: number): number => 1 / (1 + Math.exp(-x))
  return { low: expit(centre - reach), high: expit(centre + reach), level, method }
}

export function aucDifference(a: DeLong, b: DeLong, level: number): { readonly interval: Interval | null } & Test {
  const { difference, z, variance } = delongTest(a, b)
  const df = aucFreedom(a, b)
  const pValue = z === 0 ? 1 : studentTwoSided(z, df)
  const reach = studentQuantile(1 - (1 - level) / 2, df) * Math.sqrt(variance)
  const interval = Number.isNaN(variance)
    ? null
    : { low: Math.max(-1, difference - reach), high: Math.min(1, difference + reach), level, method: 'DeLong' }
  return { interval, pValue: Number.isNaN(pValue) ? 1 : pValue, test: 'DeLong' }
}

export function proportionInterval(successes: number, trials: number, level: number): Interval | null {
  const bounds = wilson(successes, trials, level)
  return bounds && { ...bounds, level, method: 'Wilson' }
}

/** Difference of two accuracies on the same rows. */
export function accuracyDifference(a: Sample, b: Sample, level: number): Paired {
  return rightDifference(a, b, level, () => true)
}

/**
 * Difference of two recalls (of the class `of`; in a binary task 0 makes it the specificity): accuracies on the rows of
 * one class. null where the class is missing.
 */
export function recallDifference(a: Sample, b: Sample, of: number, level: number): Paired | null {
  return a.labels.includes(of) ? rightDifference(a, b, level, (label) => label === of) : null
}

/** The class whose share of rightly decided rows the metric is. */
export function recalledClass(metric: string, { task, classNames }: Sample): number | undefined {
  if (task === 'binary') return metric === 'recall' ? 1 : metric === 'specificity' ? 0 : undefined
  const at =
    task === 'multiclass' && metric.startsWith('recall:') ? classNames.indexOf(metric.slice('recall:'.length)) : -1
  return at < 0 ? undefined : at
}

/** Difference of two top-k accuracies on the same rows. */
export function topDifference(a: Sample, b: Sample, k: number, level: number): Paired {
  return rightDifference(
    a,
    b,
    level,
    () => true,
    (sample) => topHits(sample, k),
  )
}

type Paired = { readonly interval: Interval | null } & Test

/** Tango's score interval, which contains 0 wherever McNemar's mid-p does not reject. */
function rightDifference(
  a: Sample,
  b: Sample,
  level: number,
  counts: (label: number) => boolean,
  right: (sample: Sample) => Uint8Array = rightOf,
): Paired {
  const rightA = right(a)
  const rightB = right(b)
  let rows = 0
  let onlyA = 0
  let onlyB = 0
  for (let i = 0; i < rightA.length; i++) {
    if (!counts(a.labels[i] as number)) continue
    rows++
    if (rightA[i] === rightB[i]) continue
    if (rightA[i] === 1) onlyA++
    else onlyB++
  }
  const { exact, midP } = mcnemar(onlyA, onlyB)
  const bounds = isAlike(a, b) ? { low: 0, high: 0 } : tango(onlyA, onlyB, rows, level)
  const open = midP > 1 - level
  const interval = bounds && {
    low: open ? Math.min(0, bounds.low) : bounds.low,
    high: open ? Math.max(0, bounds.high) : bounds.high,
    level,
    method: 'Tango score, McNemar mid-p',
  }
  return { interval, pValue: midP, test: `McNemar mid-p (exact p = ${Number(exact.toPrecision(3))})` }
}

function rightOf(sample: Sample): Uint8Array {
  if (sample.task === 'binary') return outcomes(sample).map((code) => (code === 0 || code === 3 ? 1 : 0))
  const decided = decisions(sample)
  const right = new Uint8Array(sample.rows)
  for (let row = 0; row < right.length; row++) right[row] = decided[row] === sample.labels[row] ? 1 : 0
  return right
}
