import { createRandom } from '../core/random.ts'
import { bootstrap, bootstrapInterval, type Replicates, type Statistic } from '../stats/bootstrap.ts'
import { aucDifferenceVariance, aucVariance, type DeLong, delong } from '../stats/delong.ts'
import { normalQuantile } from '../stats/special.ts'
import type { Metric } from './metrics/family.ts'
import type { Sample } from './sample.ts'
import { bindMetrics } from './scorer.ts'
import type { Interval, MetricValue } from './types.ts'

export interface MeasureOptions {
  readonly resamples: number
  readonly level: number
  readonly seed: number
}

export interface Difference {
  readonly difference: number | null
  readonly interval: Interval | null
}

/** Some models measured on the same rows. */
export interface Measurement {
  /** The metrics of the model at this place, with intervals. */
  values(model: number): readonly MetricValue[]
  /** The plain value of one metric; null where undefined. */
  estimate(model: number, metric: Metric): number | null
  /** model − other, of absolute values where the metric is better the closer to 0. */
  difference(model: number, other: number, metric: Metric): Difference
  /** The interval of a component of one of the further statistics, or of model − other of two of them. */
  interval(estimate: number, statistic: number, component: number): Interval | null
  differenceInterval(estimate: number, statistic: number, other: number, component: number): Interval | null
}

/** Row visits that a bootstrap may cost; above, it makes do with fewer resamples, and its intervals say with how many. */
const MOST_VISITS = 4e8
const FEWEST_RESAMPLES = 200

/**
 * Values and intervals of metrics for several models on the same rows. Intervals of the AUC are DeLong's where rows
 * have no weights; all others come from one bootstrap, in which every model sees the same resamples.
 *
 * @param further Statistics to resample alongside.
 */
export function measure(
  samples: readonly Sample[],
  metrics: readonly Metric[],
  options: MeasureOptions,
  further: readonly Statistic[] = [],
): Measurement {
  const rows = samples[0]?.rows ?? 0
  const weights = samples[0]?.weights
  const resamples = Math.max(FEWEST_RESAMPLES, Math.min(options.resamples, Math.floor(MOST_VISITS / Math.max(1, rows))))
  const scorers = samples.map((sample) => bindMetrics(sample, metrics))
  const plain = scorers.map((scorer) => scorer.values())
  const curves = samples.map((sample) => (weights === undefined ? rocOf(sample, metrics) : null))

  const valid = samples.flatMap((sample, i) => (sample.invalid === undefined ? [i] : []))
  // Where DeLong answers everything there is nothing to resample.
  const needed =
    rows > 1 && (further.length > 0 || weights !== undefined || metrics.some((metric) => metric.name !== 'auc'))
  const statistics = needed ? [...valid.map((i) => scorers[i] as Statistic), ...further] : []
  const replicates =
    statistics.length === 0
      ? []
      : bootstrap(statistics, { rows, resamples, weights, random: createRandom(options.seed) })

  const replicatesOf = (model: number, index: number): Replicates | undefined =>
    replicates[valid.indexOf(model)]?.[index]
  const furtherOf = (statistic: number, index: number): Replicates | undefined =>
    replicates[valid.length + statistic]?.[index]
  const resampled = (value: number | null, from: Replicates | undefined, paired: boolean): Interval | null => {
    const interval = value === null || from === undefined ? null : bootstrapInterval(value, from, options.level)
    if (interval === null) return null
    const method = `${paired ? 'paired ' : ''}bootstrap (${interval.kind}, ${resamples} resamples)`
    return { low: interval.low, high: interval.high, level: options.level, method }
  }
  const normal = (value: number, variance: number, bounds: readonly [number, number]): Interval | null => {
    if (Number.isNaN(variance)) return null
    const reach = normalQuantile(1 - (1 - options.level) / 2) * Math.sqrt(variance)
    const [least, most] = bounds
    return {
      low: Math.max(least, value - reach),
      high: Math.min(most, value + reach),
      level: options.level,
      method: 'DeLong',
    }
  }

  const estimate = (model: number, metric: Metric): number | null =>
    plain[model]?.[metrics.indexOf(metric)]?.value ?? null

  return {
    estimate,
    values: (model) =>
      (plain[model] ?? []).map((value, i) => {
        const curve = curves[model]
        const interval =
          metrics[i]?.name === 'auc' && curve && value.value !== null
            ? normal(value.value, aucVariance(curve), [0, 1])
            : resampled(value.value, replicatesOf(model, i), false)
        return { ...value, interval }
      }),
    difference(model, other, metric) {
      const i = metrics.indexOf(metric)
      const a = estimate(model, metric)
      const b = estimate(other, metric)
      if (a === null || b === null) return { difference: null, interval: null }
      const difference = metric.signed ? Math.abs(a) - Math.abs(b) : a - b
      const [curveA, curveB] = [curves[model], curves[other]]
      if (metric.name === 'auc' && curveA && curveB) {
        return { difference, interval: normal(difference, aucDifferenceVariance(curveA, curveB), [-1, 1]) }
      }
      const pair = subtract(replicatesOf(model, i), replicatesOf(other, i), metric.signed)
      return { difference, interval: resampled(difference, pair, true) }
    },
    interval: (value, statistic, component) => resampled(value, furtherOf(statistic, component), false),
    differenceInterval: (value, statistic, other, component) =>
      resampled(value, subtract(furtherOf(statistic, component), furtherOf(other, component), false), true),
  }
}

function rocOf(sample: Sample, metrics: readonly Metric[]): DeLong | null {
  if (sample.task !== 'binary' || sample.invalid !== undefined) return null
  return metrics.some((metric) => metric.name === 'auc') ? delong(sample.labels, sample.scores) : null
}

function subtract(a: Replicates | undefined, b: Replicates | undefined, signed: boolean): Replicates | undefined {
  if (a === undefined || b === undefined) return undefined
  const size = signed ? Math.abs : (value: number) => value
  const minus = (x: Float64Array, y: Float64Array): Float64Array =>
    x.map((value, i) => size(value) - size(y[i] as number))
  return { resampled: minus(a.resampled, b.resampled), jackknife: minus(a.jackknife, b.jackknife) }
}
