import { bootstrap, type Replicates, type Statistic } from '../stats/bootstrap.ts'
import type { DeLong } from '../stats/delong.ts'
import type { Units } from '../stats/units.ts'
import {
  accuracyDifference,
  aucDifference,
  aucInterval,
  proportionInterval,
  recalledClass,
  recallDifference,
  rocOf,
  topDifference,
} from './closed-form.ts'
import type { Metric } from './metrics/family.ts'
import { differenceIntervalOf, intervalOf, pairOf, type ResampledInterval } from './resampled-interval.ts'
import { resamplingOf } from './resampling.ts'
import { isAlike, type Sample } from './sample.ts'
import { bindMetrics, sampleWeights } from './scorer.ts'
import type { Interval, MetricValue } from './types.ts'

export interface MeasureOptions {
  readonly resamples: number
  readonly level: number
  readonly seed: number
  /** Of the intervals of differences, where held-out rows that have chosen before demand more. Default: `level`. */
  readonly comparisonLevel?: number | undefined
  /** As that of `bootstrap`. */
  readonly progress?: ((done: number, total: number) => void) | undefined
}

export interface Difference {
  readonly difference: number | null
  readonly interval: Interval | null
  /** Two-sided, of no difference; null where there is no interval. */
  readonly pValue: number | null
  /** What the p-value is of: `DeLong`, `McNemar mid-p (exact p = 0.039)`, `paired bootstrap`. */
  readonly test: string | null
}

/** Some models measured on the same rows. */
export interface Measurement {
  /** What was resampled; undefined where there are not two rows. */
  readonly units: Units | undefined
  /** The metrics of the model at this place, with intervals. */
  values(model: number): readonly MetricValue[]
  /** The interval of one metric of the model at this place; null where it has none. */
  own(model: number, metric: Metric): Interval | null
  /** The plain value of one metric; null where undefined. */
  estimate(model: number, metric: Metric): number | null
  /** model − other, of absolute values where the metric is better the closer to 0. */
  difference(model: number, other: number, metric: Metric): Difference
  /** The interval of a component of one of the further statistics, or of model − other of two of them. */
  interval(estimate: number, statistic: number, component: number): Interval | null
  differenceInterval(estimate: number, statistic: number, other: number, component: number): Interval | null
}

/** A further statistic to resample alongside: a function of row weights (the sample's own included). */
export interface RowStatistic {
  readonly size: number
  score(weights: Float64Array, out: Float64Array): void
  /** The same from how often each unit is there. Much faster, where it can be given. */
  onUnits?(units: Units): Statistic
}

/** Row visits that a bootstrap of metrics that need an order may cost; above, it makes do with fewer resamples. */
const MOST_VISITS = 4e9
const FEWEST_RESAMPLES = 200
/** A ratio of fewer rows has no bootstrap interval: of nominal 95 %, 49 to 92 contained the truth. */
const FEWEST_ROWS = 20

/**
 * Values and intervals of metrics for several models on the same rows. For independent rows without weights the AUC has
 * DeLong's intervals, shares of rows have Wilson's, and the difference of two accuracies or recalls has Tango's with McNemar's test;
 * everything else comes from one bootstrap, in which every model sees the same resamples.
 *
 * @param further Statistics to resample alongside.
 */
export function measure(
  samples: readonly Sample[],
  metrics: readonly Metric[],
  options: MeasureOptions,
  further: readonly RowStatistic[] = [],
): Measurement {
  const { level, comparisonLevel = level } = options
  const rows = samples[0]?.rows ?? 0
  const weights = samples[0]?.weights
  const resampling = rows > 1 ? resamplingOf(samples, options.seed) : undefined
  const closed = resampling !== undefined && resampling.independent && weights === undefined
  const curves = samples.map((sample) => (closed ? rocOf(sample, metrics) : null))

  // Where a formula answers everything there is nothing to resample.
  const resampled = metrics.filter((metric) => !(closed && metric.name === 'auc'))
  const valid = samples.flatMap((sample, i) => (sample.invalid === undefined ? [i] : []))
  const wanted = resampled.length > 0 ? valid : []
  // One model after the other: what a metric needs of every row is let go before the next model's is made.
  const bound = samples.map((sample, i) => {
    const scorer = bindMetrics(sample, metrics)
    return {
      plain: scorer.values(),
      shares: metrics.map((metric) => (closed && metric.isProportion ? scorer.proportion(metric) : undefined)),
      rests: sample.invalid === undefined ? restsOf(sample, scorer.rests()) : [],
      statistic: resampling && wanted.includes(i) ? scorer.onUnits(resampling.units, resampled) : undefined,
    }
  })
  const plain = bound.map((one) => one.plain)
  const resamples = resamplesFor(options.resamples, rows, samples.length)
  const statistics = resampling
    ? [
        ...bound.flatMap(({ statistic }) => statistic ?? []),
        ...further.map((one) => one.onUnits?.(resampling.units) ?? onRows(one, resampling.units, samples)),
      ]
    : []
  const replicates =
    resampling && statistics.length > 0
      ? bootstrap(statistics, { units: resampling.units, resamples, seed: options.seed, progress: options.progress })
      : []
  const replicatesOf = (model: number, metric: Metric): Replicates | undefined =>
    resampled.includes(metric) ? replicates[wanted.indexOf(model)]?.[metrics.indexOf(metric)] : undefined
  const furtherOf = (statistic: number, index: number): Replicates | undefined =>
    replicates[wanted.length + statistic]?.[index]

  const described = (interval: ResampledInterval | null, paired: boolean): Interval | null => {
    if (interval === null) return null
    const { low, high, kind } = interval
    const how = [kind, `${resamples} resamples`, ...(resampling?.how ? [resampling.how] : [])].join(', ')
    const method = `${paired ? 'paired ' : ''}bootstrap (${how})`
    return { low, high, level: paired ? comparisonLevel : level, method }
  }
  const isKnown = (model: number, metric: Metric): boolean =>
    !((bound[model]?.rests[metrics.indexOf(metric)] ?? Infinity) < FEWEST_ROWS)
  const compared = (
    difference: number,
    values: readonly [number, number],
    [a, b]: readonly (Replicates | undefined)[],
    metric?: Metric,
  ) =>
    a &&
    b &&
    differenceIntervalOf(difference, pairOf(values, [a, b], resampling?.pairedWidening), comparisonLevel, metric)
  const estimate = (model: number, metric: Metric): number | null =>
    plain[model]?.[metrics.indexOf(metric)]?.value ?? null
  const single = (model: number, metric: Metric, value: number | null): Interval | null => {
    const curve = curves[model]
    if (value === null) return null
    if (metric.name === 'auc' && curve) return aucInterval(curve, level)
    if (closed && metric.isProportion) {
      const share = bound[model]?.shares[metrics.indexOf(metric)]
      return share ? proportionInterval(share.successes, share.trials, level) : null
    }
    const from = isKnown(model, metric) ? replicatesOf(model, metric) : undefined
    return described(from ? intervalOf(value, from, level, metric) : null, false)
  }

  return {
    units: resampling?.units,
    estimate,
    own: (model, metric) => single(model, metric, estimate(model, metric)),
    values: (model) =>
      (plain[model] ?? []).map((value, i) => ({
        ...value,
        interval: single(model, metrics[i] as Metric, value.value),
      })),
    difference(model, other, metric) {
      const a = estimate(model, metric)
      const b = estimate(other, metric)
      if (a === null || b === null) return { difference: null, interval: null, pValue: null, test: null }
      const difference = metric.signed ? Math.abs(a) - Math.abs(b) : a - b
      const answer = closed ? closedDifference(metric, [model, other], samples, curves, comparisonLevel) : undefined
      const honest = (interval: Interval | null): Interval | null =>
        interval && isUnseen(interval, samples[model] as Sample, samples[other] as Sample) ? null : interval
      if (answer) return { difference, ...answer, interval: honest(answer.interval) }
      const drawn = [model, other].map((one) => (isKnown(one, metric) ? replicatesOf(one, metric) : undefined))
      const found = compared(difference, [a, b], drawn, metric)
      const interval = honest(described(found?.interval ?? null, true))
      const pValue = interval ? (found?.pValue ?? null) : null
      return { difference, interval, pValue, test: pValue === null ? null : 'paired bootstrap' }
    },
    interval(value, statistic, component) {
      const from = furtherOf(statistic, component)
      return described(from ? intervalOf(value, from, level) : null, false)
    },
    differenceInterval(value, statistic, other, component) {
      const drawn = [furtherOf(statistic, component), furtherOf(other, component)]
      return described(compared(value, [Number.NaN, Number.NaN], drawn)?.interval ?? null, true)
    },
  }
}

/** The weights below the smallest ratios of metrics, as numbers of rows. */
function restsOf(sample: Sample, rests: readonly (number | undefined)[]): readonly (number | undefined)[] {
  const { weights, rows } = sample
  const share = weights === undefined ? 1 : rows / weights.reduce((sum, weight) => sum + weight, 0)
  return rests.map((weight) => weight && weight * share)
}

function resamplesFor(asked: number, rows: number, models: number): number {
  return Math.min(asked, Math.max(FEWEST_RESAMPLES, Math.floor(MOST_VISITS / Math.max(1, rows * models))))
}

function closedDifference(
  metric: Metric,
  pair: readonly [model: number, other: number],
  samples: readonly Sample[],
  curves: readonly (DeLong | null)[],
  level: number,
): Omit<Difference, 'difference'> | undefined {
  const [a, b] = pair
  const [curveA, curveB] = [curves[a], curves[b]]
  if (metric.name === 'auc' && curveA && curveB) return aucDifference(curveA, curveB, level)
  const [first, second] = [samples[a] as Sample, samples[b] as Sample]
  if (metric.name === 'accuracy') return accuracyDifference(first, second, level)
  if (metric.name.startsWith('micro-')) return accuracyDifference(first, second, level)
  const top = /^top-(\d+)-accuracy$/.exec(metric.name)?.[1]
  if (top !== undefined) return topDifference(first, second, Number(top), level)
  const recallOf = recalledClass(metric.name, first)
  return recallOf === undefined ? undefined : (recallDifference(first, second, recallOf, level) ?? undefined)
}

/**
 * An interval without any width of two models that do differ: none of these rows shows it, so that resampling them, or
 * their variance, says nothing about how often others would. Five rows on which both are right prove no equality.
 */
function isUnseen({ low, high }: Interval, a: Sample, b: Sample): boolean {
  return low === high && !isAlike(a, b)
}

/** A statistic of row weights, given the counts of units. */
function onRows(statistic: RowStatistic, units: Units, samples: readonly Sample[]): Statistic {
  const own = sampleWeights(samples[0] as Sample)
  const weights = new Float64Array(units.rows)
  return {
    size: statistic.size,
    score(counts, out) {
      const { of } = units
      for (let i = 0; i < weights.length; i++) {
        weights[i] = (own[i] as number) * (counts[of === undefined ? i : (of[i] as number)] as number)
      }
      statistic.score(weights, out)
    },
  }
}
