import { absoluteDifference } from '../stats/absolute-difference.ts'
import { bootstrapInterval, bootstrapPValue, influences, type IntervalOptions, studentInterval } from '../stats/bca.ts'
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
  const found = bootstrapKind(difference, pair.difference, level, options, metric)
  if (found === null) return null
  const interval = beyondSeen(found, pair.difference, level)
  return { interval, pValue: bootstrapPValue(difference, pair.difference, options) }
}

/**
 * An end that is exactly 0 comes from resamples in which none of the few rows that tell the models apart is drawn. None
 * of these rows goes the other way, but with chance α/2 as many as −ln(α/2) of them might have been (of zero seen events;
 * α = 10 %: the rule of three): the end moves by so many times what one such row moves the difference.
 */
function beyondSeen(interval: ResampledInterval, { jackknife }: Replicates, level: number): ResampledInterval {
  const { low, high } = interval
  if (low === high || (low !== 0 && high !== 0)) return interval
  let most = 0
  for (const left of jackknife) {
    for (const one of influences(left)) most = Math.max(most, Math.abs(one))
  }
  const unseen = -Math.log((1 - level) / 2) * most
  return low === 0 ? { ...interval, low: -unseen } : { ...interval, high: unseen }
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
