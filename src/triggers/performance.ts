import { findMetric } from '../config/metric-names.ts'
import type { PerformanceTriggerConfig } from '../config/schema.ts'
import type { Direction } from '../core/task.ts'
import { formatNumber } from '../core/format.ts'
import { isUnobserved, result, type EstimateObservation, type ScoredPerformance, type Trigger } from './input.ts'
import {
  challengerText,
  isDiscredited,
  detectorText,
  dropText,
  estimateText,
  floorText,
  movement,
  rowsText,
  truthText,
  uncertainText,
  waitingText,
  worsenedText,
} from './performance-text.ts'
import type { TriggerResult } from './types.ts'
import { ownEstimate, sizeOfValue, worsening, type Estimate, type Worsening } from './worsening.ts'

/**
 * The champion's metric on rows whose labels have arrived since its training, against its own evaluation. Fires when it
 * is worse by more than `drop` and by more than chance, or worse than `floor` by more than chance, or when the detector
 * noticed that its errors rose, or when a challenger shows that there is something to learn from the new rows. The drop is absolute for metrics that are better when higher (auc 0.87 → 0.81 is a drop of 0.06) and
 * relative for errors, which have units (rmse 10 → 11 is a rise of 10 %).
 */
export const performance: Trigger = {
  name: 'performance',
  evaluate({ config, champion, primary, performance: seen, counts }) {
    if (!config.performance) return result('performance', 'off', 'the performance trigger is switched off')
    const metric = config.performance.metric ?? primary
    if (isUnobserved(seen)) return unchecked(`the champion could not be scored on new rows: ${seen.error}`)
    const available = 'none' in seen ? seen.rowsAvailable : seen.n
    const needed = config.performance['min-rows']
    if (available !== undefined && available < needed) {
      const few = result(
        'performance',
        'quiet',
        `too few labels: ${formatNumber(available)} of ${formatNumber(needed)} new labelled rows`,
        { value: available, threshold: needed, unit: 'rows' },
      )
      const waiting = isUnobserved(counts) ? 0 : counts.rows - counts.labelled
      const hint =
        config.performance.estimate === undefined && waiting >= needed ? { notes: [waitingText(waiting)] } : {}
      return seen.estimate === undefined
        ? { ...few, ...hint }
        : withEstimate(few, config.performance, seen.estimate, ownEstimate(champion.metrics, metric))
    }
    if ('none' in seen) return unchecked(seen.none)
    if (!Number.isFinite(seen.value)) return unchecked(`${metric} is undefined on the new labelled rows`)
    return judge(config.performance, seen, ownEstimate(champion.metrics, seen.metric))
  },
}

const unchecked = (reason: string): TriggerResult => result('performance', 'unchecked', reason)

const directionOf = (metric: string): Direction =>
  metric === 'error-rate' ? 'lower' : (findMetric(metric)?.direction ?? 'higher')

function judge(config: PerformanceTriggerConfig, seen: ScoredPerformance, own: Estimate | undefined): TriggerResult {
  const { metric, detector } = seen
  const direction = directionOf(metric)
  const drop =
    own && worsening(metric, direction, own, { value: seen.value, interval: seen.interval ?? undefined }, seen.n)
  const real = drop !== undefined && seen.interval !== null && isReal(drop)
  const floor = config.floor === undefined ? undefined : belowFloor(config.floor, seen, direction)
  const behind = isBehind(config, seen)
  const noticed = detector !== undefined && 'noticed' in detector ? detector.noticed : undefined
  if (drop === undefined && floor === undefined && noticed === undefined && !behind) {
    return unchecked(`the champion’s own evaluation has no value of ${metric} to compare with`)
  }
  const dropped = drop !== undefined && drop.size > config.drop && real
  const parts = [
    `${movement(seen, own, direction, drop)} on ${rowsText(seen)}`,
    ...(drop === undefined ? [] : [`the limit is ${dropText(config.drop, direction)}`]),
    ...(drop !== undefined && drop.size > config.drop && !dropped ? [uncertainText(drop, seen)] : []),
    ...(floor === undefined ? [] : [floorText(config.floor as number, direction, floor)]),
    ...(behind && seen.challenger !== undefined ? [challengerText(seen.challenger, challengeOf(config, seen))] : []),
    ...(noticed === undefined || detector === undefined ? [] : [detectorText(detector)]),
  ]
  const fired = dropped || floor === 'real' || noticed !== undefined || behind
  const notes = [
    ...(behind || seen.challenger === undefined ? [] : [challengerText(seen.challenger, challengeOf(config, seen))]),
    ...(detector === undefined || noticed !== undefined ? [] : [detectorText(detector)]),
    ...(seen.estimate === undefined ? [] : [truthText(seen.estimate, seen.value)]),
    ...(seen.worsened === undefined || !fired ? [] : [worsenedText(seen.worsened)]),
    ...(seen.note === undefined ? [] : [seen.note]),
  ]
  return result('performance', fired ? 'fired' : 'quiet', parts.join('; '), {
    ...numbers(config, seen, { direction, drop, dropped, floor: floor === 'real', noticed, behind }),
    ...(notes.length === 0 ? {} : { notes }),
  })
}

/** What fired stands for all; without it the drop, then the floor. */
function numbers(
  config: PerformanceTriggerConfig,
  seen: ScoredPerformance,
  saw: {
    direction: Direction
    drop: Worsening | undefined
    dropped: boolean
    floor: boolean
    noticed: { before: number; after: number } | undefined
    behind: boolean
  },
): Pick<TriggerResult, 'value' | 'threshold' | 'unit' | 'direction'> {
  const { metric } = seen
  const { direction, drop, dropped, floor, noticed, behind } = saw
  if (behind && !dropped && !floor && noticed === undefined) {
    const { gain, limit } = challengeOf(config, seen)
    const unit =
      direction === 'higher' ? `${metric} gained by a challenger` : `share of ${metric} saved by a challenger`
    return { value: finite(gain), threshold: limit, unit, direction: 'above' }
  }
  if (noticed !== undefined && !dropped && !floor) {
    const unit = seen.detector !== undefined && 'what' in seen.detector ? seen.detector.what : ''
    return { value: noticed.after, threshold: noticed.before, unit, direction: 'above' }
  }
  if (drop === undefined || (floor && !dropped)) {
    const side = direction === 'higher' ? 'below' : 'above'
    return { value: seen.value, threshold: config.floor ?? null, unit: metric, direction: side }
  }
  const unit = direction === 'higher' ? `${metric} drop` : `share by which ${metric} rose`
  return { value: finite(drop.size), threshold: config.drop, unit, direction: 'above' }
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)

/** Without any interval the value counts as it is. */
const isReal = ({ interval }: Worsening): boolean => interval === undefined || interval.low > 0

/** Whether the metric is worse than the floor, and whether its whole interval is. */
function belowFloor(floor: number, seen: ScoredPerformance, direction: Direction): 'no' | 'chance' | 'real' {
  const { metric, value, interval } = seen
  const isWorse = (one: number): boolean => (direction === 'higher' ? one < floor : sizeOfValue(metric, one) > floor)
  if (!isWorse(value)) return 'no'
  if (interval === undefined) return 'real'
  if (interval === null) return 'chance'
  const inside = metric === 'bias' && interval.low < floor && interval.high > -floor
  return !inside && isWorse(interval.low) && isWorse(interval.high) ? 'real' : 'chance'
}

/** By how much the challenger is better, in the unit of `drop`; below 0 where it is not. */
function challengeOf({ challenger }: PerformanceTriggerConfig, { metric, challenger: seen }: ScoredPerformance) {
  const direction = directionOf(metric)
  const limit = challenger === false ? Infinity : challenger.gain
  if (seen === undefined || 'none' in seen) return { metric, direction, limit, gain: 0 }
  const { size } = worsening(metric, direction, { value: seen.champion }, { value: seen.challenger }, seen.rows)
  return { metric, direction, limit, gain: -size }
}

function isBehind(config: PerformanceTriggerConfig, seen: ScoredPerformance): boolean {
  const { gain, limit } = challengeOf(config, seen)
  return seen.challenger !== undefined && 'real' in seen.challenger && seen.challenger.real && gain > limit
}

/** While labels are late: what the metric is expected to be. It fires only where it is configured to. */
function withEstimate(
  few: TriggerResult,
  config: PerformanceTriggerConfig,
  estimate: EstimateObservation,
  own: Estimate | undefined,
): TriggerResult {
  if ('none' in estimate) return { ...few, notes: [`no estimate without labels: ${estimate.none}`] }
  const direction = directionOf(estimate.metric)
  const drop = own && worsening(estimate.metric, direction, own, estimate, estimate.n)
  const text = estimateText(estimate, own, drop, direction)
  const trusted = !isDiscredited(estimate.record)
  const fires = config.estimate === 'fire' && trusted && drop !== undefined && drop.size > config.drop && isReal(drop)
  if (!fires) return { ...few, sentence: `${few.sentence}; ${text}` }
  return result('performance', 'fired', `${text}; the limit is ${dropText(config.drop, direction)}; ${few.sentence}`, {
    value: finite(drop.size),
    threshold: config.drop,
    unit: `${direction === 'higher' ? `${estimate.metric} drop` : `share by which ${estimate.metric} rose`}, estimated`,
    direction: 'above',
  })
}
