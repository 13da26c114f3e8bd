/**
 * Numbers in text. One grammar for every format: an optional sign, digits with at most one decimal point, an optional
 * exponent. Hexadecimal, `Infinity` and digits with anything behind them are text.
 */
const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const INTEGER = /^[+-]?\d+$/
/** `1,234,567` and `1,234.5`: groups of three digits that no decimal comma explains. */
const THOUSANDS = /^[+-]?\d{1,3}(?:,\d{3})*(?:\.\d+)?$/
const SURELY_THOUSANDS = /^[+-]?\d{1,3}(?:(?:,\d{3}){2,}(?:\.\d+)?|,\d{3}\.\d+)$/
/** `1234,5` and `0,75`: a comma that no group of three digits explains. */
const DECIMAL_COMMA = /^[+-]?\d+(?:,\d+)?$/
const SURELY_DECIMAL_COMMA = /^[+-]?(?:\d+,(?:\d{1,2}|\d{4,})|0,\d+|\d{4,},\d+)$/

/** How a column writes its numbers; found from a sample, see `numberStyle`. */
export type NumberStyle = 'plain' | 'thousands' | 'decimal-comma'

const POWERS = Float64Array.from({ length: 16 }, (_, i) => Number(`1e${i}`))

/**
 * The number that bytes [start, end) of ASCII text mean; NaN where they mean none. Up to 15 digits are converted
 * without making a string: mantissa and power of ten are exact, so one division rounds correctly (Clinger 1990).
 */
export function numberOfBytes(bytes: Buffer, start: number, end: number, style: NumberStyle): number {
  let at = start
  const first = bytes[at]
  if (first === 0x2d || first === 0x2b) at++
  let mantissa = 0
  let point = -1
  const digitsFrom = at
  for (; at < end; at++) {
    const digit = (bytes[at] as number) - 48
    if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit
    else if (digit === -2 && point < 0) point = at
    else return numberOfText(bytes.toString('latin1', start, end), style)
  }
  const digits = end - digitsFrom - (point < 0 ? 0 : 1)
  if (digits === 0 || digits > 15) return numberOfText(bytes.toString('latin1', start, end), style)
  const value = point < 0 ? mantissa : mantissa / (POWERS[end - point - 1] as number)
  return first === 0x2d ? -value : value
}

/** The number that trimmed text means; NaN where it means none. Integers beyond 2^53 are text: they are ids. */
export function numberOfText(text: string, style: NumberStyle = 'plain'): number {
  if (PLAIN.test(text)) {
    const value = Number(text)
    if (!Number.isFinite(value)) return Number.NaN
    return Number.isSafeInteger(value) || !INTEGER.test(text) ? value : Number.NaN
  }
  if (style === 'thousands' && THOUSANDS.test(text)) return Number(text.replaceAll(',', ''))
  if (style === 'decimal-comma' && DECIMAL_COMMA.test(text)) return Number(text.replace(',', '.'))
  return Number.NaN
}

/** `007`: digits that a number would not keep. */
export function hasLeadingZero(text: string): boolean {
  return /^0\d+$/.test(text)
}

/**
 * The style in which most texts are numbers. A comma counts only where the sample leaves no doubt about what it means:
 * `1,234` alone may be a thousand or one and a bit, so a column of such texts stays text.
 */
export function numberStyle(texts: readonly string[]): NumberStyle {
  const withComma = texts.filter((text) => text.includes(','))
  if (withComma.length === 0) return 'plain'
  const thousands = withComma.some((text) => SURELY_THOUSANDS.test(text))
  const decimal = withComma.some((text) => SURELY_DECIMAL_COMMA.test(text))
  if (thousands === decimal) return 'plain'
  return thousands ? 'thousands' : 'decimal-comma'
}
