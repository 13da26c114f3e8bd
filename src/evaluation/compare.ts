import type { GateConfig } from '../config/schema.ts'
import type { Direction } from '../core/task.ts'
import { normalQuantile, normalTwoSided } from '../stats/special.ts'
import type { Margin, Metric } from './metrics/family.ts'
import type { Conclusion, Interval, MetricComparison, MetricValue } from './types.ts'

export type Versus = MetricComparison['versus']

/** Which model a gate compares with: the one it names; the champion where it names only a margin or `better`. */
export function versusOf(gate: GateConfig): Versus | undefined {
  if (gate.versus !== undefined) return gate.versus
  const bounded = gate.min !== undefined || gate.max !== undefined
  return gate.margin !== undefined || (gate.better ?? false) !== false || !bounded ? 'champion' : undefined
}

/**
 * The margin of a comparison as a `Margin`: what the gate says, in the metric's own sense (a share for rmse, mae,
 * median-ae and mape, its unit for all others), or the metric's default against the champion, or 0 against the baseline.
 */
export function marginOf(metric: Pick<Metric, 'margin' | 'defaultMargin'>, versus: Versus, gate?: GateConfig): Margin {
  if (gate?.margin !== undefined) return spelledMargin(gate.margin, metric.margin)
  return versus === 'champion' ? metric.defaultMargin : { kind: 'absolute', size: 0 }
}

/** A margin as a gate spells it: `2%` is a share of the other model's value, a number what `kind` says. */
export function spelledMargin(margin: number | string, kind: Margin['kind']): Margin {
  if (typeof margin === 'number') return { kind, size: margin }
  return { kind: 'relative', size: Number(margin.slice(0, -1)) / 100 }
}

/** The margin in the metric's unit, given the other model's value. */
export function marginSize(margin: Margin, other: number | null): number {
  return margin.kind === 'absolute' ? margin.size : margin.size * Math.abs(other ?? 0)
}

/**
 * The interval of a difference that is held against a share of the other model's value, which is an estimate as well:
 * both errors added up, which is enough however they hang together. With a margin of 1 % that is next to nothing; with
 * 20 % a candidate that is worse by just as much would be called not worse twice as often as the level says.
 *
 * @param demanded Whether the share is a gain that is asked for (`better: 5%`) and not a loss that is tolerated: then a
 *   larger value of the other is what counts against the candidate.
 * @example besideMargin(0.1, { low: 0.06, high: 0.14 }, 'higher', { kind: 'relative', size: 0.1 }, { value: 1, interval: { low: 0.9, high: 1.2 } })
 *   // low 0.05, high 0.16; demanded: low 0.04, high 0.15
 */
export function besideMargin<Known extends Interval | null>(
  difference: number | null,
  interval: Known,
  direction: Direction,
  margin: Margin,
  other: Pick<MetricValue, 'value' | 'interval'> | null | undefined,
  demanded = false,
): Known | Interval {
  if (difference === null || interval === null || margin.kind === 'absolute' || margin.size === 0) return interval
  if (!other?.interval || other.value === null) return interval
  const { low, high } = other.interval
  const smaller = margin.size * (other.value > 0 ? other.value - low : high - other.value)
  const larger = margin.size * (other.value > 0 ? high - other.value : other.value - low)
  // A smaller value of the other makes a tolerance tighter, a larger one raises a gain that is asked for.
  const [against, inFavour] = demanded ? [larger, smaller] : [smaller, larger]
  const [left, right] = direction === 'higher' ? [against, inFavour] : [inFavour, against]
  return {
    ...interval,
    low: interval.low - left,
    high: interval.high + right,
  }
}

/** A difference turned so that positive is better. */
interface Gain {
  readonly gain: number
  readonly low: number
  readonly high: number
}

export function gainOf(difference: number, interval: Interval, direction: Direction): Gain {
  return direction === 'higher'
    ? { gain: difference, low: interval.low, high: interval.high }
    : { gain: -difference, low: -interval.high, high: -interval.low }
}

/**
 * The four answers from the interval of a paired difference: *better* when all of it is above 0, *worse* when all of it
 * is below −margin, *not-worse* when all of it is above −margin (non-inferiority), *cannot-tell* otherwise. Two models
 * that do not differ on a single resample (0 … 0) are not worse, whatever the margin.
 *
 * @param beside The interval to hold against the margin, where it is a share: see `besideMargin`.
 * @example conclude(0.01, { low: -0.002, high: 0.02, level: 0.95, method: '' }, 'higher', 0.005) // 'not-worse'
 */
export function conclude(
  difference: number | null,
  interval: Interval | null,
  direction: Direction,
  margin: number,
  beside: Interval | null = interval,
): Conclusion {
  if (difference === null || interval === null || beside === null) return 'cannot-tell'
  const plain = gainOf(difference, interval, direction)
  if (plain.low > 0) return 'better'
  if (plain.low === 0 && plain.high === 0) return 'not-worse'
  const { low, high } = gainOf(difference, beside, direction)
  if (high < -margin) return 'worse'
  return low > -margin ? 'not-worse' : 'cannot-tell'
}

/** More rows than this are no advice any more: the models are equal, or as far apart as the margin says, for all one can see. */
const MOST_ROWS = 10_000_000

/** With the rows that an open comparison needs it is settled in four of five cases: the power that trials are planned with. */
const SETTLING_POWER = 0.8

/**
 * About how many more held-out rows would settle on which side of `bound` (in gain) the difference lies, with a power of
 * 80 % where the true difference is the one seen: the half width shrinks with √n, so that
 * n·(half width / distance · (1 + z₀.₈/z))² − n, z the normal quantile of the interval. With the half width alone it
 * would be a toss of a coin. undefined where that is beyond reach.
 *
 * @example 1,000 rows, gain 0.01 with half width 0.02 at 95 %, bound 0: 1000·(0.02/0.01·(1 + 0.842/1.960))² − 1000 = 7173
 */
export function rowsNeeded(
  rows: number,
  difference: number,
  interval: Interval,
  direction: Direction,
  bound: number,
): number | undefined {
  const { gain, low, high } = gainOf(difference, interval, direction)
  const distance = Math.abs(gain - bound)
  const halfWidth = gain > bound ? gain - low : high - gain
  if (distance === 0) return undefined
  // Rounding must not turn 3,000 into 3,001.
  const power = 1 + normalQuantile(SETTLING_POWER) / normalQuantile(0.5 + interval.level / 2)
  const more = Math.ceil(rows * ((halfWidth / distance) * power) ** 2 - rows - 1e-6)
  return more > 0 && more <= MOST_ROWS ? more : undefined
}

/**
 * Two-sided p-value of “no difference”, read off an interval: the level at which it would just touch 0, if it shrinks
 * like a normal one on that side. Smaller than 1 − level exactly where the interval leaves out 0. null without interval.
 *
 * @example pValueOf(0.02, { low: 0, high: 0.04, level: 0.95, method: '' }) // 0.05
 */
export function pValueOf(difference: number, interval: Interval): number
export function pValueOf(difference: number | null, interval: Interval | null): number | null
export function pValueOf(difference: number | null, interval: Interval | null): number | null {
  if (difference === null || interval === null) return null
  if (difference === 0) return 1
  const reach = difference > 0 ? difference - interval.low : interval.high - difference
  if (!(reach > 0)) return interval.low > 0 || interval.high < 0 ? 0 : 1
  return normalTwoSided((normalQuantile(0.5 + interval.level / 2) * Math.abs(difference)) / reach)
}
