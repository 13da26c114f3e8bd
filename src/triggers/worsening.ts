import type { Direction } from '../core/task.ts'
import type { ChampionMetric, Range } from './input.ts'

/** A value with what is known of its uncertainty. */
export interface Estimate {
  readonly value: number
  readonly interval?: Range | undefined
}

/** By how much a metric got worse between two independent samples. */
export interface Worsening {
  /** In the unit of `drop`: absolute where higher is better, relative to the old value for errors. Negative: better. */
  readonly size: number
  /** In the metric's unit, with its interval; `low` > 0 means that it is no chance. undefined without any interval. */
  readonly interval: Range | undefined
  /** About how many new rows it takes to call it no chance, if it stays as it is; undefined where no number of rows would. */
  readonly rowsNeeded: number | undefined
}

/**
 * Own evaluation against new rows. The interval of the difference is put together from those of both values, which may be
 * lopsided: low = d − √((a − a_low)² + (b_high − b)²) for d = a − b, and likewise above (MOVER).
 *
 * Zou & Donner (2008), “Construction of confidence limits about effect measures”, Statistics in Medicine 27.
 *
 * @param rows New rows that `now` is computed from.
 * @example worsening('auc', 'higher', { value: 0.87 }, { value: 0.81 }, 500).size // 0.06
 */
export function worsening(metric: string, direction: Direction, own: Estimate, now: Estimate, rows: number): Worsening {
  const [before, after] = [sized(metric, own), sized(metric, now)]
  const worse = direction === 'higher' ? before.value - after.value : after.value - before.value
  const [up, down] = direction === 'higher' ? [before, after] : [after, before]
  if (own.interval === undefined && now.interval === undefined) {
    return { size: sizeOf(worse, before.value, direction), interval: undefined, rowsNeeded: undefined }
  }
  const reach = (a: number, b: number): number => Math.hypot(a, b)
  const interval: Range = {
    low: worse - reach(up.value - up.low, down.high - down.value),
    high: worse + reach(up.high - up.value, down.value - down.low),
    level: (now.interval ?? (own.interval as Range)).level,
  }
  // Of the squared reach only the part of the new rows shrinks, with 1/n.
  const fixed = direction === 'higher' ? before.value - before.low : before.high - before.value
  const shrinking = direction === 'higher' ? after.high - after.value : after.value - after.low
  const room = worse ** 2 - fixed ** 2
  const needed = worse > 0 && room > 0 ? Math.ceil((rows * shrinking ** 2) / room) : undefined
  return { size: sizeOf(worse, before.value, direction), interval, rowsNeeded: needed }
}

function sizeOf(worse: number, before: number, direction: Direction): number {
  if (direction === 'higher' || worse === 0) return worse
  return before === 0 ? worse * Infinity : worse / Math.abs(before)
}

/** A bias is better the closer it is to 0: its size counts. */
function sized(metric: string, { value, interval }: Estimate): { value: number; low: number; high: number } {
  const { low, high } = interval ?? { low: value, high: value }
  if (metric !== 'bias') return { value, low, high }
  const crosses = low < 0 && high > 0
  return {
    value: Math.abs(value),
    low: crosses ? 0 : Math.min(Math.abs(low), Math.abs(high)),
    high: Math.max(Math.abs(low), Math.abs(high)),
  }
}

/** Size of a value in the metric's sense: |bias|, everything else as it is. */
export const sizeOfValue = (metric: string, value: number): number => (metric === 'bias' ? Math.abs(value) : value)

/** The champion's own value; the error rate is what the accuracy lacks. */
export function ownEstimate(metrics: readonly ChampionMetric[], metric: string): Estimate | undefined {
  const name = metric === 'error-rate' ? 'accuracy' : metric
  const own = metrics.find((entry) => entry.metric === name)
  if (own === undefined || own.value === null) return undefined
  const interval = own.interval ?? undefined
  return metric === 'error-rate' ? errorRate({ value: own.value, interval }) : { value: own.value, interval }
}

/** 1 − accuracy. */
export function errorRate({ value, interval }: Estimate): Estimate {
  return {
    value: 1 - value,
    interval: interval && { low: 1 - interval.high, high: 1 - interval.low, level: interval.level },
  }
}
