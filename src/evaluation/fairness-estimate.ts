import { spreadChangeInterval, spreadInterval, type SpreadProblem } from '../stats/spread-interval.ts'
import type { Frame } from './fairness-frame.ts'
import { type GroupMetric } from './fairness-metrics.ts'
import { extremeOf, shownSpread, spreadOf, worstSpreads } from './fairness-spread.ts'
import type { Interval } from './types.ts'

/** The rates of one model: of component c and group g (the last is all rows) at c · (groups + 1) + g. */
export interface ModelRates {
  readonly values: Float64Array
  readonly rows: Float64Array
  readonly resampled: readonly Float64Array[]
}

/** Where a metric comes from: the class and the groups that are farthest apart. */
export interface Estimate {
  /** NaN where undefined. */
  readonly spread: number
  readonly component: number
  readonly low: number
  readonly high: number
  /** Classes that are left out: too few rows in some group. */
  readonly skipped: readonly number[]
}

/**
 * The worst of the components of a metric. All rates of a class must be defined, half of the answer is no answer; of
 * several classes those that are not are left out, unless they were asked for.
 */
export function estimateOf(frame: Frame, metric: GroupMetric, values: Float64Array, strict: boolean): Estimate {
  const groups = values.length / frame.components.length
  const none: Estimate = { spread: Number.NaN, component: -1, low: -1, high: -1, skipped: [] }
  let worst = none
  const skipped: number[] = []
  for (const at of placesOf(frame, metric)) {
    let own: Estimate = { ...none, spread: -Infinity }
    for (const component of componentsOf(frame, metric, at)) {
      const found = extremeOf(metric, values.subarray(component * groups, (component + 1) * groups))
      if (Number.isNaN(found.spread)) own = none
      else if (found.spread > own.spread) own = { ...found, component, skipped: [] }
    }
    if (Number.isNaN(own.spread)) {
      if (strict) return none
      skipped.push(at)
    } else if (!(own.spread <= worst.spread)) worst = own
  }
  return { ...worst, skipped }
}

function placesOf({ components }: Frame, { rates }: GroupMetric): readonly number[] {
  return [...new Set(components.flatMap(({ rate, at }) => (rates.includes(rate) ? [at] : [])))]
}

function componentsOf({ components }: Frame, { rates }: GroupMetric, at?: number): readonly number[] {
  return components.flatMap((one, c) => (rates.includes(one.rate) && (at === undefined || one.at === at) ? [c] : []))
}

export interface IntervalOptions {
  readonly level: number
  readonly seed: number
  readonly method: string
}

/** Of the candidate's value. */
export function intervalOf(
  frame: Frame,
  metric: GroupMetric,
  model: ModelRates,
  skipped: readonly number[],
  { level, seed, method }: IntervalOptions,
): Interval | null {
  const ends = spreadInterval(problemOf(frame, metric, model, skipped), level, seed)
  return ends && { ...ends, level, method }
}

/** Of candidate − champion. */
export function changeOf(
  frame: Frame,
  metric: GroupMetric,
  models: readonly [ModelRates, ModelRates],
  skipped: readonly number[],
  { level, seed, method }: IntervalOptions,
): Interval | null {
  const [one, other] = models.map((model) => problemOf(frame, metric, model, skipped)) as [SpreadProblem, SpreadProblem]
  const ends = spreadChangeInterval(one, other, level, seed)
  return ends && { ...ends, level, method: `paired ${method}` }
}

/** Of a ratio: events that are expected in every group (shares), or positives (observed / expected). */
const FEWEST_EVENTS = { proportion: 5, scale: 15 }

/**
 * Whether a ratio rests on too few events for an interval: as many as the rate of all rows makes in a group of its size,
 * which the luck of the group itself has no part in. The difference of such rates can still be told.
 */
export function fewEvents(frame: Frame, metric: GroupMetric, model: ModelRates, skipped: readonly number[]): boolean {
  if (metric.kind === 'difference' || metric.tasks.includes('regression')) return false
  const groups = model.values.length / frame.components.length
  return componentsOf(frame, metric).some((c) => {
    const { at = -1, kind, rate } = frame.components[c] ?? {}
    if (skipped.includes(at)) return false
    const share = rate === 'observedOverExpected' ? 'labelRate' : rate
    const overall = frame.components.findIndex((one) => one.rate === share && one.at === at) * groups + groups - 1
    const fewest = FEWEST_EVENTS[kind === 'scale' ? 'scale' : 'proportion']
    return Array.from({ length: groups - 1 }, (_, g) => c * groups + g).some(
      (i) => !Number.isNaN(model.values[i]) && (model.rows[i] as number) * (model.values[overall] as number) < fewest,
    )
  })
}

/**
 * What the error of a mean square is known by, as a share of the rows: its squared coefficient of variation has the
 * relative variance (κ − 1 + 4c² − 4γc) / n, which for normal errors (c² = 2, γ = √8, κ = 15) is 6 / n, not 2 / n.
 */
const SQUARED = 1 / 3

/** Below it the distance of two distributions is mostly noise, and how it changed cannot be told (measured: 93 %). */
const FEWEST_ROWS = 100

/** Whether a group is too small for an interval of the change of the distance of distributions. */
export function fewRows(metric: GroupMetric, model: ModelRates): boolean {
  if (metric.rates[0] !== 'below') return false
  return model.rows.some((rows, i) => !Number.isNaN(model.values[i]) && rows < FEWEST_ROWS)
}

function problemOf(frame: Frame, metric: GroupMetric, model: ModelRates, skipped: readonly number[]): SpreadProblem {
  const groups = model.values.length / frame.components.length
  const components = componentsOf(frame, metric).filter((c) => !skipped.includes(frame.components[c]?.at ?? -1))
  return {
    rates: components.map((c) => ({
      kind: frame.components[c]?.kind ?? 'location',
      values: model.values.subarray(c * groups, (c + 1) * groups),
      rows: model.rows
        .subarray(c * groups, (c + 1) * groups)
        .map((n) => n * (frame.components[c]?.rate === 'rmse' ? SQUARED : 1)),
      resampled: model.resampled.slice(c * groups, (c + 1) * groups),
    })),
    between: metric.method === 'between-groups',
    joint: metric.rates[0] === 'below',
    spreads: (rates, into) => {
      into.fill(-Infinity)
      for (const rate of rates) worstSpreads(metric, rate, into)
    },
    shown: (spread) => shownSpread(metric, spread),
    spread: (rates) => {
      let worst = -Infinity
      for (let c = 0; c < rates.length; c++) {
        const spread = spreadOf(metric, rates[c] as Float64Array)
        // A draw without an answer in one rate has none at all.
        if (Number.isNaN(spread)) return Number.NaN
        if (spread > worst) worst = spread
      }
      return worst
    },
  }
}
