import { isoTime } from '../core/clock.ts'
import { formatInterval, formatLevel, formatNumber, formatPercent } from '../core/format.ts'
import type { Direction } from '../core/task.ts'
import { count } from '../core/text.ts'
import type {
  ChallengerObservation,
  DetectorObservation,
  EstimateObservation,
  ScoredPerformance,
  Worsened,
} from './input.ts'
import type { Estimate, Worsening } from './worsening.ts'

/** The sentences of the performance trigger. */

export const dropText = (drop: number, direction: Direction): string =>
  direction === 'higher' ? `a drop of ${drop}` : `a rise of ${formatPercent(drop)}`

/** `auc fell from 0.871 to 0.802`. */
export function movement(
  { metric, value }: Pick<ScoredPerformance, 'metric' | 'value'>,
  own: Estimate | undefined,
  direction: Direction,
  drop: Worsening | undefined,
): string {
  const now = formatNumber(value)
  if (own === undefined || drop === undefined) return `${metric} is ${now}`
  const before = formatNumber(own.value)
  const relative =
    direction === 'lower' && Number.isFinite(drop.size) ? ` (${formatPercent(drop.size, { signed: true })})` : ''
  if (value === own.value || (before === now && Math.abs(drop.size) < 1e-3)) return `${metric} stayed at ${now}`
  return `${metric} ${value < own.value ? 'fell' : 'rose'} from ${before} to ${now}${relative}`
}

export function rowsText({ n, rowsAvailable }: Pick<ScoredPerformance, 'n' | 'rowsAvailable'>): string {
  return rowsAvailable > n
    ? `the newest ${formatNumber(n)} of ${count(rowsAvailable, 'new labelled row')}`
    : count(n, 'new labelled row')
}

/** Larger than the limit, but perhaps by chance: how many labels would tell. */
export function uncertainText(
  { interval, rowsNeeded }: Worsening,
  { n, interval: own }: Pick<ScoredPerformance, 'n' | 'interval'>,
): string {
  if (interval === undefined || own === null) return 'too few labels to tell it from chance'
  const range = `${formatLevel(interval.level)} interval of the change ${formatInterval(interval, { signed: true })}`
  const more = rowsNeeded === undefined ? undefined : rowsNeeded - n
  if (more === undefined || more <= 0) {
    return `it may be chance (${range}), for the champion’s own evaluation is as uncertain`
  }
  return `too few labels to tell it from chance (${range}); about ${formatNumber(more)} more would`
}

export function floorText(floor: number, direction: Direction, passed: 'no' | 'chance' | 'real'): string {
  const side = direction === 'higher' ? 'below' : 'above'
  const limit = `the ${direction === 'higher' ? 'floor' : 'ceiling'} of ${floor}`
  if (passed === 'chance') return `it is ${side} ${limit}, with too few labels to tell it from chance`
  return `${passed === 'real' ? `it is ${side}` : `not ${side}`} ${limit}`
}

/** `a challenger … reaches auc 0.71 where the champion has 0.62 on 900 rows that it had not learned, more than chance at 95 %`. */
export function challengerText(
  seen: ChallengerObservation,
  { metric, direction, gain, limit }: { metric: string; direction: Direction; gain: number; limit: number },
): string {
  if ('none' in seen) return `no challenger: ${seen.none}`
  const { real, rows, level } = seen
  const who = 'a challenger that corrects the champion by what the new rows teach'
  const on = `on ${count(rows, 'row')} that it had not learned`
  if (gain <= 0) return `${who} is no better ${on}`
  const values = `${metric} ${formatNumber(seen.challenger)} where the champion has ${formatNumber(seen.champion)}`
  const chance = real ? `more than chance at ${formatLevel(level)}` : 'which may be chance'
  return `${who} reaches ${values} ${on}, ${chance}; the limit is a gain of ${direction === 'higher' ? limit : formatPercent(limit)}`
}

/** `adwin noticed at row 1,240 of 2,311 (2026-05-03T10:00:00Z) that the error rate rose from 0.12 to 0.21`. */
export function detectorText(seen: DetectorObservation): string {
  if ('none' in seen) return `${seen.detector} could not watch the errors: ${seen.none}`
  const { detector, rows, what, noticed } = seen
  if (noticed === undefined) return `${detector} noticed no rise of the ${what} in ${count(rows, 'row')}`
  const at = noticed.time === undefined ? '' : ` (${isoTime(noticed.time)})`
  const place = `at row ${formatNumber(noticed.row)} of ${formatNumber(rows)}${at}`
  return `${detector} noticed ${place} that the ${what} rose from ${formatNumber(noticed.before)} to ${formatNumber(noticed.after)}`
}

/** What could be done about late labels. */
export const waitingText = (rows: number): string =>
  `${count(rows, 'new row')} wait for their label; with “estimate: report” the metric is estimated without it`

type Estimated = Exclude<EstimateObservation, { readonly none: string }>

/** `estimated without labels (CBPE) on 2,000 new rows: auc 0.81 (0.79 … 0.83), against 0.871 at its evaluation`. */
export function estimateText(
  estimate: Estimated,
  own: Estimate | undefined,
  drop: Worsening | undefined,
  direction: Direction,
): string {
  const { metric, value, interval, n, method, record = [] } = estimate
  const range = interval === undefined ? '' : ` (${formatInterval(interval)})`
  const change =
    direction === 'lower' && drop !== undefined && Number.isFinite(drop.size)
      ? `, ${formatPercent(drop.size, { signed: true })}`
      : ''
  const before = own === undefined ? '' : `, against ${formatNumber(own.value)} at its evaluation${change}`
  const past = record.length === 0 ? '' : `; ${recordText(record)}`
  return `estimated without labels (${method}) on ${count(n, 'new row')}: ${metric} ${formatNumber(value)}${range}${before}${past}`
}

/** Estimates that have mostly been wrong: the truth lay outside their interval in more than half of at least three cases. */
export function isDiscredited(record: Estimated['record'] = []): boolean {
  const inside = record.filter(({ low, high, realised }) => realised >= low && realised <= high).length
  return record.length >= 3 && inside < record.length / 2
}

function recordText(record: NonNullable<Estimated['record']>): string {
  const inside = record.filter(({ low, high, realised }) => realised >= low && realised <= high).length
  const off = record.reduce((sum, { estimate, realised }) => sum + Math.abs(estimate - realised), 0) / record.length
  const times = record.length === 1 ? 'the earlier estimate was' : `the ${record.length} earlier estimates were`
  return `${times} off by ${formatNumber(off)}${record.length === 1 ? '' : ' on average'}, the truth inside the interval ${inside} of ${count(record.length, 'time')}${isDiscredited(record) ? ', so it is not relied on' : ''}`
}

/** Labels are here: what the estimate without them would have said on the same rows. */
export function truthText(estimate: EstimateObservation, truth: number): string {
  if ('none' in estimate) return `no estimate without labels: ${estimate.none}`
  const { value, interval, method, metric, record = [] } = estimate
  const inside =
    interval === undefined
      ? ''
      : truth >= interval.low && truth <= interval.high
        ? `, the truth inside its interval ${formatInterval(interval)}`
        : `, the truth outside its interval ${formatInterval(interval)}`
  const past = record.length === 0 ? '' : `; ${recordText(record)}`
  return `without these labels ${method} would have said ${metric} ${formatNumber(value)}${inside}${past}`
}

/** `its errors are higher since 2026-05-03T10:00:00Z (1,072 rows)`. */
export function worsenedText({ at, rows }: Worsened): string {
  return `its errors are higher since ${isoTime(at)} (${count(rows, 'row')})`
}
