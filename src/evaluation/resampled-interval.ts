import { absoluteDifference } from '../stats/absolute-difference.ts'
import { bootstrapInterval, bootstrapPValue, type IntervalOptions, studentInterval } from '../stats/bca.ts'
import type { Replicates } from '../stats/bootstrap.ts'
import type { Metric } from './metrics/family.ts'

type Kind = 'BCa' | 'percentile' | 'inverted test' | 'Student t'

export interface ResampledInterval {
  readonly low: number
  readonly high: number
  readonly kind: Kind
}

/** Of the value of one metric; null where too few resamples define it. Without a metric: BCa. */
export function intervalOf(
  value: number,
  replicates: Replicates,
  level: number,
  metric?: Metric,
): ResampledInterval | null {
  if (metric?.student) {
    const ends = studentInterval(value, replicates, level)
    return ends && { ...ends, kind: 'Student t' }
  }
  return bootstrapKind(value, replicates, level, { expanded: true, percentile: metric?.inverted }, metric)
}

/** Of the difference of a metric between two models on the same resamples. Without a metric: BCa. */
export function differenceIntervalOf(
  difference: number,
  pair: Pair,
  level: number,
  metric?: Metric,
): { readonly interval: ResampledInterval; readonly pValue: number | null } | null {
  if (metric?.signed) {
    const answer = absoluteDifference(pair.values, pair.replicates, pair.difference, level)
    return answer && { interval: { low: answer.low, high: answer.high, kind: 'inverted test' }, pValue: answer.pValue }
  }
  const options = { expanded: true, shrunk: true, percentile: metric?.inverted || metric?.lumpy }
  const interval = bootstrapKind(difference, pair.difference, level, options, metric)
  return interval && { interval, pValue: bootstrapPValue(difference, pair.difference, options) }
}

/** The values of two models, their replicates, and those of the difference. */
export interface Pair {
  readonly values: readonly [number, number]
  readonly replicates: readonly [Replicates, Replicates]
  readonly difference: Replicates
}

/** @param widening Of differences, where it is not that of the models themselves. */
export function pairOf(
  values: readonly [number, number],
  [a, b]: readonly [Replicates, Replicates],
  widening: number | undefined,
): Pair {
  const minus = (x: Float64Array, y: Float64Array): Float64Array => x.map((value, i) => value - (y[i] as number))
  const difference = {
    resampled: minus(a.resampled, b.resampled),
    jackknife: a.jackknife.map((left, i) => minus(left, b.jackknife[i] as Float64Array)),
    perBlock: a.perBlock,
    widening: widening ?? a.widening,
  }
  return { values, replicates: [a, b], difference }
}

function bootstrapKind(
  value: number,
  replicates: Replicates,
  level: number,
  options: IntervalOptions,
  metric: Metric | undefined,
): ResampledInterval | null {
  const interval = bootstrapInterval(value, replicates, level, options)
  return interval && { ...interval, kind: metric?.inverted ? 'inverted test' : interval.kind }
}
