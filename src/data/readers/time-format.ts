import type { DataConfig } from '../../config/schema.ts'
import { numberOfText, PLAIN, type NumberStyle } from './number-text.ts'
import { timeOfDayMonth, timeOfParts, timeOfText } from './time-text.ts'

/** How a column of times is written beside ISO 8601, which is always read. */
export type TimeFormat = Exclude<DataConfig['time-format'], 'auto'>

/** What the cells of one column mean: decided once, plain data, and good for a single value. */
export interface TimePlan {
  readonly format: TimeFormat
  /** A person said so: whatever dates come of it. Otherwise a number that looks like another format is no time. */
  readonly given: boolean
}

/** Only texts are times: numbers and days before months are none. */
export const ISO_ONLY: TimePlan = { format: 'iso', given: false }

const DAY = 86_400_000
/** Day numbers of spreadsheets count from 1899-12-30, as of 1900-03-01: before it they contain a day that never was. */
const EXCEL_ZERO = Date.UTC(1899, 11, 30)
/** 1990 to 2050: what a column of day numbers is told from other numbers by. */
const LIKELY_EXCEL = { from: 32_874, until: 55_154 }
/** 9999-12-31, the last one that Excel knows. */
const LAST_EXCEL = 2_958_465
/** Digits of `202605`, `20260501`, `2026050110`, `202605011030`, `20260501103000`, `20260501103000123`. */
const COMPACT_LENGTHS: ReadonlySet<number> = new Set([6, 8, 10, 12, 14, 17])
const LIKELY_YEARS = { from: Date.UTC(1900), until: Date.UTC(2101) }
/** The years that four digits write. */
const POSSIBLE = { from: timeOfParts(1, 1, 1, 0, 0, 0, 0), until: Date.UTC(10_000) }

/** Units since 1970, by the magnitude of their numbers. Milliseconds in one unit. */
const UNITS = [
  { format: 'seconds', from: 0, until: 1e11 },
  { format: 'milliseconds', from: 1e11, until: 1e14 },
  { format: 'microseconds', from: 1e14, until: 1e17 },
  { format: 'nanoseconds', from: 1e17, until: Infinity },
] as const
/** Fewer seconds since 1970 (until March 1973) are more likely no seconds. */
const FEWEST_SECONDS = 1e8

/**
 * Epoch milliseconds, whole, of one cell of a time column; NaN where it is no time in the column's format. Texts have no
 * blanks around them.
 */
export function timeOfValue(value: string | number | bigint, plan: TimePlan, style: NumberStyle = PLAIN): number {
  if (typeof value !== 'string') return timeOfNumber(value, plan)
  const time = timeOfText(value)
  if (time === time) return time
  if (plan.format === 'day-first') return timeOfDayMonth(value, 'day')
  if (plan.format === 'month-first') return timeOfDayMonth(value, 'month')
  const number = numberIn(value, style)
  return number === undefined ? Number.NaN : timeOfNumber(number, plan)
}

/** The number that a text writes, also beyond 2^53; undefined where it writes none. */
export function numberIn(text: string, style: NumberStyle = PLAIN): number | bigint | undefined {
  const value = numberOfText(text, style)
  if (value === value) return value
  return /^[+-]?\d{16,20}$/.test(text) ? BigInt(text.replace('+', '')) : undefined
}

/** Epoch milliseconds, whole, of a bare number in a time column; NaN where it is no time in the column's format. */
export function timeOfNumber(value: number | bigint, { format, given }: TimePlan): number {
  if (!given && !mayBe(value, format)) return Number.NaN
  const time = Math.floor(read(value, format))
  return time >= POSSIBLE.from && time < POSSIBLE.until ? time : Number.NaN
}

/** Whether a number does not look like one of another format. */
function mayBe(value: number | bigint, format: TimeFormat): boolean {
  const unit = UNITS.find((one) => one.format === format)
  if (unit === undefined) return true
  const magnitude = Math.abs(Number(value))
  if (!(magnitude >= unit.from && magnitude < unit.until)) return false
  // One in a hundred of the seconds of 2030 to 2036 is a date and an hour (2031121503) by chance.
  if (format === 'seconds' && magnitude >= FEWEST_SECONDS) return true
  const likely = likelyFormat(value)
  return likely === undefined || likely === format
}

function read(value: number | bigint, format: TimeFormat): number {
  switch (format) {
    case 'seconds':
      // A double of today holds a quarter of a microsecond: 0.123 s must not become 122 ms.
      return Math.floor(Number(value) * 1000 + 1e-3)
    case 'milliseconds':
      return Number(value)
    case 'microseconds':
      return Number(value) / 1000
    case 'nanoseconds':
      return typeof value === 'bigint'
        ? Number(value / 1_000_000n) - (value % 1_000_000n < 0n ? 1 : 0)
        : Math.round(value / 1e3) / 1e3
    case 'days':
      return Math.round(Number(value) * DAY)
    case 'excel':
      return value >= 1 && value <= LAST_EXCEL + 1 ? Math.round(EXCEL_ZERO + Number(value) * DAY) : Number.NaN
    case 'compact':
      return timeOfDigits(String(value))
    default:
      return Number.NaN
  }
}

function timeOfDigits(digits: string): number {
  if (!COMPACT_LENGTHS.has(digits.length) || !/^\d+$/.test(digits)) return Number.NaN
  const part = (from: number, until: number, absent: number): number =>
    from < digits.length ? Number(digits.slice(from, until)) : absent
  return timeOfParts(
    part(0, 4, 0),
    part(4, 6, 1),
    part(6, 8, 1),
    part(8, 10, 0),
    part(10, 12, 0),
    part(12, 14, 0),
    part(14, 17, 0),
  )
}

/** The format that a number is written in, if it is a time of today's world; undefined where it is too small to tell. */
export function likelyFormat(value: number | bigint): TimeFormat | undefined {
  const magnitude = Math.abs(Number(value))
  if (beginsWithYear(magnitude)) {
    const time = timeOfDigits(String(value))
    if (time >= LIKELY_YEARS.from && time < LIKELY_YEARS.until) return 'compact'
  }
  if (value >= LIKELY_EXCEL.from && value < LIKELY_EXCEL.until) return 'excel'
  return magnitude < FEWEST_SECONDS ? undefined : UNITS.find(({ until }) => magnitude < until)?.format
}

/** Spares nearly all numbers the way over their digits. */
function beginsWithYear(magnitude: number): boolean {
  const year = magnitude / 10 ** (Math.floor(Math.log10(magnitude)) - 3)
  return year >= 1900 && year < 2101
}

/** What numbers in a format are called: `numbers read as …`. */
export const FORMAT_WORDS: Readonly<Record<TimeFormat, string>> = {
  iso: 'texts such as 2026-05-01 10:30',
  seconds: 'seconds since 1970',
  milliseconds: 'milliseconds since 1970',
  microseconds: 'microseconds since 1970',
  nanoseconds: 'nanoseconds since 1970',
  days: 'days since 1970',
  excel: 'day numbers of a spreadsheet (45000 is 2023-03-15)',
  compact: 'compact dates (20260501 is 2026-05-01)',
  'day-first': 'dates that start with the day',
  'month-first': 'dates that start with the month',
}

/** What to do where no time can be read. */
export const TIME_HINT =
  'Write times as 2026-05-01, 2026-05-01 10:30:00 or 2026-05-01T10:30:00Z, or say with data.time-format what they are: seconds, milliseconds, microseconds, nanoseconds or days (since 1970), excel (day numbers), compact (20260501), day-first (31/12/2026) or month-first (12/31/2026).'
