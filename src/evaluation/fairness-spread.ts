import type { GroupMetric } from './fairness-metrics.ts'
import { ratio } from './metrics/family.ts'

/** Which groups are farthest apart in a rate: places among the values, −1 for all rows. */
export interface Extreme {
  readonly spread: number
  readonly low: number
  readonly high: number
}

/**
 * How far groups are apart in one rate: of a difference the distance, of a ratio 1 − it, so that 0 is equal and more
 * is worse. The last of the values is that of all rows. NaN where fewer than two groups are defined.
 */
export function spreadOf({ method, kind }: Pick<GroupMetric, 'method' | 'kind'>, values: ArrayLike<number>): number {
  const groups = values.length - 1
  let low = Infinity
  let high = -Infinity
  let defined = 0
  for (let g = 0; g < groups; g++) {
    const value = values[g] as number
    if (Number.isNaN(value)) continue
    defined++
    if (value < low) low = value
    if (value > high) high = value
  }
  // One group alone has nothing to be equal to.
  if (defined < 2) return Number.NaN
  const difference = kind === 'difference'
  if (method === 'between-groups') return difference ? high - low : missing(low, high)
  const overall = values[groups] as number
  return difference ? Math.max(high - overall, overall - low) : Math.max(missing(overall, high), missing(low, overall))
}

/** Lowest and highest of the groups, used again by the next call. */
let ends = { low: new Float64Array(), high: new Float64Array() }

/**
 * `spreadOf` of many draws: `values[g][b]` is the rate of group g in draw b, the last that of all rows. Keeps what is
 * larger in `into`, NaN once there.
 */
export function worstSpreads(
  { method, kind }: Pick<GroupMetric, 'method' | 'kind'>,
  values: readonly Float64Array[],
  into: Float64Array,
): void {
  const draws = into.length
  const groups = values.length - 1
  const overall = values[groups] as Float64Array
  if (ends.low.length !== draws) ends = { low: new Float64Array(draws), high: new Float64Array(draws) }
  const { low, high } = ends
  // Group by group, each a run over the draws. A sum that is no number tells of a value that is none.
  let sum = 0
  low.set(values[0] as Float64Array)
  for (let b = 0; b < draws; b++) sum += low[b] as number
  high.set(low)
  for (let g = 1; g < groups; g++) {
    const own = values[g] as Float64Array
    for (let b = 0; b < draws; b++) {
      const value = own[b] as number
      sum += value
      if (value < (low[b] as number)) low[b] = value
      if (value > (high[b] as number)) high[b] = value
    }
  }
  if (Number.isNaN(sum) || groups < 2) onlyDefined(values, low, high)
  const between = method === 'between-groups'
  for (let b = 0; b < draws; b++) {
    const [l, h, all] = [low[b] as number, high[b] as number, overall[b] as number]
    const spread =
      kind === 'difference'
        ? between
          ? h - l
          : Math.max(h - all, all - l)
        : between
          ? missing(l, h)
          : Math.max(missing(all, h), missing(l, all))
    // A draw without an answer in one rate has none at all.
    const worst = into[b] as number
    if (!(spread <= worst) && worst === worst) into[b] = spread
  }
}

/** Lowest and highest of the groups that are defined; NaN where fewer than two are. */
function onlyDefined(values: readonly Float64Array[], low: Float64Array, high: Float64Array): void {
  for (let b = 0; b < low.length; b++) {
    let defined = 0
    low[b] = Infinity
    high[b] = -Infinity
    for (let g = 0; g < values.length - 1; g++) {
      const value = (values[g] as Float64Array)[b] as number
      if (Number.isNaN(value)) continue
      defined++
      low[b] = Math.min(low[b] as number, value)
      high[b] = Math.max(high[b] as number, value)
    }
    if (defined < 2) low[b] = high[b] = Number.NaN
  }
}

/** The groups behind it. */
export function extremeOf(metric: Pick<GroupMetric, 'method' | 'kind'>, values: Float64Array): Extreme {
  const spread = spreadOf(metric, values)
  if (Number.isNaN(spread)) return { spread, low: -1, high: -1 }
  const groups = [...values.keys()].slice(0, -1).filter((g) => !Number.isNaN(values[g]))
  groups.sort((a, b) => (values[a] as number) - (values[b] as number) || a - b)
  const low = groups[0] as number
  const high = groups.at(-1) as number
  if (metric.method === 'between-groups') return { spread, low, high }
  const pair = (g: number): number => spreadOf({ ...metric, method: 'between-groups' }, overallWith(values, g))
  return pair(high) > pair(low) ? { spread, low: -1, high } : { spread, low, high: -1 }
}

/** A group and all rows, as if they were two groups. */
const overallWith = (values: Float64Array, g: number): Float64Array =>
  Float64Array.of(values[g] as number, values.at(-1) as number, Number.NaN)

/** What a ratio of two rates lacks to 1, 0 / 0 undefined. */
const missing = (smaller: number, larger: number): number => (smaller < 0 ? Number.NaN : 1 - ratio(smaller, larger))

/** The metric's value where its spread is this. */
export const shownSpread = (metric: Pick<GroupMetric, 'kind'>, spread: number): number =>
  metric.kind === 'difference' ? spread : Math.max(0, 1 - spread)
