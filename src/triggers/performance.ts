import { findMetric } from '../config/metric-names.ts'
import type { PerformanceTriggerConfig } from '../config/schema.ts'
import type { Direction } from '../core/task.ts'
import { formatNumber, formatPercent } from '../core/format.ts'
import { count } from '../core/text.ts'
import { isUnobserved, result, type PerformanceObservation, type Trigger } from './input.ts'
import type { TriggerResult } from './types.ts'

type Observation = Extract<PerformanceObservation, { readonly value: number }>

/**
 * The champion's metric on rows whose labels have arrived since its training, against its own evaluation. Fires when it
 * is worse by more than `drop`, or worse than `floor`. The drop is absolute for metrics that are better when higher
 * (auc 0.87 → 0.81 is a drop of 0.06) and relative for errors, which have units (rmse 10 → 11 is a rise of 10 %).
 */
export const performance: Trigger = {
  name: 'performance',
  evaluate({ config, champion, primary, performance: seen }) {
    if (!config.performance) return result('performance', 'off', 'the performance trigger is switched off')
    const metric = config.performance.metric ?? primary
    if (isUnobserved(seen)) return unchecked(`the champion could not be scored on new rows: ${seen.error}`)
    const available = 'none' in seen ? seen.rowsAvailable : seen.n
    const needed = config.performance['min-rows']
    if (available !== undefined && available < needed) {
      const details = { value: available, threshold: needed, unit: 'rows' }
      const few = `too few labels: ${formatNumber(available)} of ${formatNumber(needed)} new labelled rows`
      return result('performance', 'quiet', few, details)
    }
    if ('none' in seen) return unchecked(seen.none)
    if (!Number.isFinite(seen.value)) return unchecked(`${metric} is undefined on the new labelled rows`)
    const own = champion.metrics.find((entry) => entry.metric === seen.metric)?.value ?? undefined
    return judge(config.performance, seen, own, findMetric(seen.metric)?.direction ?? 'higher')
  },
}

const unchecked = (reason: string): TriggerResult => result('performance', 'unchecked', reason)

function judge(
  config: PerformanceTriggerConfig,
  seen: Observation,
  own: number | undefined,
  direction: Direction,
): TriggerResult {
  const { metric } = seen
  const drop = own === undefined ? undefined : worsening(metric, direction, own, seen.value)
  const floor = config.floor === undefined ? undefined : judgeFloor(metric, direction, config.floor, seen.value)
  if (drop === undefined && floor === undefined) {
    return unchecked(`the champion’s own evaluation has no value of ${metric} to compare with`)
  }
  const dropped = drop !== undefined && drop > config.drop
  const limit = direction === 'higher' ? `a drop of ${config.drop}` : `a rise of ${formatPercent(config.drop)}`
  const sentence = [
    `${movement(seen, own, direction)} on ${rowsText(seen)}`,
    ...(drop === undefined ? [] : [`the limit is ${limit}`]),
    ...(floor === undefined ? [] : [floor.text]),
  ].join('; ')
  const byFloor = drop === undefined || (floor?.passed === true && !dropped)
  const unit = direction === 'higher' ? `${metric} drop` : `share by which ${metric} rose`
  return result('performance', dropped || floor?.passed === true ? 'fired' : 'quiet', sentence, {
    value: byFloor ? seen.value : finite(drop),
    threshold: byFloor ? (config.floor ?? null) : config.drop,
    unit: byFloor ? metric : unit,
  })
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)
/** A bias is better the closer it is to 0. */
const size = (metric: string, value: number): number => (metric === 'bias' ? Math.abs(value) : value)

/** How much worse, in the unit of `drop`; negative where better. */
function worsening(metric: string, direction: Direction, own: number, now: number): number {
  if (direction === 'higher') return own - now
  const before = size(metric, own)
  const rise = size(metric, now) - before
  if (rise === 0) return 0
  return before === 0 ? rise * Infinity : rise / Math.abs(before)
}

function judgeFloor(
  metric: string,
  direction: Direction,
  floor: number,
  now: number,
): { passed: boolean; text: string } {
  const passed = direction === 'higher' ? now < floor : size(metric, now) > floor
  const side = direction === 'higher' ? 'below' : 'above'
  return {
    passed,
    text: `${passed ? `it is ${side}` : `not ${side}`} the ${direction === 'higher' ? 'floor' : 'ceiling'} of ${floor}`,
  }
}

function movement({ metric, value }: Observation, own: number | undefined, direction: Direction): string {
  const now = formatNumber(value)
  if (own === undefined) return `${metric} is ${now}`
  const before = formatNumber(own)
  const change = worsening(metric, direction, own, value)
  const relative =
    direction === 'lower' && Number.isFinite(change) ? ` (${formatPercent(change, { signed: true })})` : ''
  if (value === own || (before === now && Math.abs(change) < 1e-3)) return `${metric} stayed at ${now}`
  return `${metric} ${value < own ? 'fell' : 'rose'} from ${before} to ${now}${relative}`
}

function rowsText({ n, rowsAvailable }: Observation): string {
  return rowsAvailable > n
    ? `the newest ${formatNumber(n)} of ${count(rowsAvailable, 'new labelled row')}`
    : count(n, 'new labelled row')
}
