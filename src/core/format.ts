/** Numbers as people read them. One spelling everywhere: comma groups, true minus, `undefined` where there is no value. */

export interface NumberFormat {
  /**
   * Decimals, always shown (`1.000`). Without it they follow the size: integers have none, `0.871`, `12.35`, `234.6`,
   * `1,235`. A value too small for the decimals asked for keeps its first significant digit: `0.0003`, never `0.000`.
   */
  readonly digits?: number | undefined
  /** A plus in front of positive values: differences. */
  readonly signed?: boolean | undefined
  /** What a missing value is called. */
  readonly missing?: string | undefined
}

const MISSING = 'undefined'
const MINUS = '−'

/**
 * `0.871`, `1,234`, `+0.021`, `−0.0004`, `1.3e−30`; `undefined` for null, undefined and NaN: never 0.
 *
 * formatNumber(0.8712) → '0.871' · formatNumber(null) → 'undefined' · formatNumber(0.02, {signed: true, digits: 3}) → '+0.020'
 */
export function formatNumber(value: number | null | undefined, format: NumberFormat = {}): string {
  if (value === null || value === undefined || Number.isNaN(value)) return format.missing ?? MISSING
  const size = Math.abs(value)
  const sign = value < 0 ? MINUS : format.signed && value > 0 ? '+' : ''
  const text = unsigned(size, format.digits)
  return /[1-9∞]/.test(text) ? sign + text : text
}

function unsigned(size: number, digits: number | undefined): string {
  if (size === Infinity) return '∞'
  if (size >= 1e15) return exponential(size)
  const decimals = digits ?? defaultDecimals(size)
  if (size === 0 || size >= 0.5 * 10 ** -decimals) {
    return formatterFor(decimals).format(size)
  }
  if (decimals === 0) return '0'
  return size < 1e-6 ? exponential(size) : size.toFixed(Math.ceil(-Math.log10(size)))
}

/** Formatters are costly to make and cheap to use. */
const formatters = new Map<number, Intl.NumberFormat>()
function formatterFor(decimals: number): Intl.NumberFormat {
  let formatter = formatters.get(decimals)
  if (!formatter) {
    formatter = new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
    formatters.set(decimals, formatter)
  }
  return formatter
}

function defaultDecimals(size: number): number {
  if (Number.isInteger(size) || size >= 1000) return 0
  return size >= 100 ? 1 : size >= 10 ? 2 : 3
}

const exponential = (size: number): string => size.toExponential(1).replace('+', '').replace('-', MINUS)

/** Every digit of a number, grouped as elsewhere: reading it gives the number back. `5,099.1`, `0.3333333333333333`. */
export function formatExact(value: number): string {
  const [whole = '', ...rest] = String(Math.abs(value)).split('.')
  const grouped = /^\d+$/.test(whole) ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole
  const sign = value < 0 ? MINUS : ''
  return sign + [grouped, ...rest].join('.').replace('Infinity', '∞').replace('e+', 'e').replace('e-', `e${MINUS}`)
}

/** `2026-05-01` where all times are whole days, else `2026-05-01T10:30:00Z`. */
export function formatExactTime(value: number, days: boolean): string {
  const text = new Date(value).toISOString()
  return days && value % 86_400_000 === 0 ? text.slice(0, 10) : text.replace('.000Z', 'Z')
}

/** `+0.012 … +0.030`. The level and the method belong beside it, once a table or sentence. */
export function formatInterval(
  interval: { readonly low: number; readonly high: number } | null | undefined,
  format: NumberFormat = {},
): string {
  if (!interval) return format.missing ?? MISSING
  // Next to the other end, what rounding leaves of a 0 is 0.
  const nothing = 1e-12 * Math.max(Math.abs(interval.low), Math.abs(interval.high))
  const write = (end: number): string => formatNumber(Math.abs(end) <= nothing ? 0 : end, format)
  return `${write(interval.low)} … ${write(interval.high)}`
}

/** A share as `12 %`, `0.04 %`, `+3.1 %`; decimals by size unless `digits` says otherwise. */
export function formatPercent(share: number | null | undefined, format: NumberFormat = {}): string {
  if (share === null || share === undefined || Number.isNaN(share)) return format.missing ?? MISSING
  const percent = share * 100
  const size = Math.abs(percent)
  const whole = Math.abs(size - Math.round(size)) < 1e-9
  const digits = format.digits ?? (whole || (size >= 9.95 && size < 99) || size >= 100 ? 0 : 1)
  return `${formatNumber(percent, { ...format, digits })} %`
}

/** A p-value: `0.03`, `0.0041`, `< 0.0001`. */
export function formatProbability(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return MISSING
  if (value < 0.0001) return '< 0.0001'
  return value < 0.01 ? value.toFixed(4) : value.toFixed(2)
}

/** `812 B`, `12.4 kB`, `3.1 MB` (powers of 1,000). */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? value : value.toFixed(value < 99.95 ? 1 : 0)} ${units[unit]}`
}

/** The level of an interval as words: `95 %`, `98.3 %`: a level that was corrected is not rounded to a whole percent. */
export function formatLevel(level: number): string {
  const percent = Math.round(level * 1e4) / 100
  return `${formatNumber(percent, { digits: Number.isInteger(percent) ? 0 : percent > 99.9 ? 2 : 1 })} %`
}
