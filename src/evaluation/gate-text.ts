import { formatInterval, formatLevel, formatNumber, formatPercent } from '../core/format.ts'
import type { Margin } from './metrics/family.ts'
import type { GateResult, Interval } from './types.ts'

/** The wording of gates, in one place: titles, what was seen, and what is missing. */

export function marginText(margin: Margin): string {
  return margin.kind === 'relative' ? formatPercent(margin.size) : limitText(margin.size)
}

/** A number as it was configured: `0.1`, never `0.100`. */
export function limitText(limit: number): string {
  return limit.toLocaleString('en-US', { maximumFractionDigits: 12 }).replace('-', '−')
}

/** `+0.021 (+0.012 … +0.030)`. */
export function differenceText(difference: number | null, interval: Interval | null): string {
  const value = formatNumber(difference, { signed: true })
  return interval ? `${value} (${formatInterval(interval, { signed: true })})` : value
}

/** `+0.021 (95 % interval +0.012 … +0.030)`. */
export function differenceSentence(difference: number, interval: Interval): string {
  const value = formatNumber(difference, { signed: true })
  return `${value} (${formatLevel(interval.level)} interval ${formatInterval(interval, { signed: true })})`
}

/** `0.871 (95 % interval 0.861 … 0.881)`, or the value alone where it has no interval. */
export function valueSentence(value: number, interval: Interval | null): string {
  if (interval === null) return formatNumber(value)
  return `${formatNumber(value)} (${formatLevel(interval.level)} interval ${formatInterval(interval)})`
}

/** To two digits, upwards: 1,873 → `about 1,900 more labelled held-out rows`, of a slice ` of this slice`. */
export function moreRows(rows: number, place?: string): string {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(rows)) - 1)
  const rounded = Math.ceil(rows / unit) * unit
  const of = place === undefined ? '' : ` of ${place}`
  return `about ${rounded.toLocaleString('en-US')} more labelled held-out ${rounded === 1 ? 'row' : 'rows'}${of}`
}

/** Where a gate’s rows are, where they are not the whole holdout. Its title names the slice. */
export function placeOf({ slice }: Pick<GateResult, 'slice'>): string | undefined {
  return slice && 'this slice'
}

/** What would settle an open comparison. */
export function needsText(rows: number | undefined, place?: string): string {
  return rows === undefined
    ? 'no realistic number of further rows would settle it'
    : `needs ${moreRows(rows, place)} to tell`
}
