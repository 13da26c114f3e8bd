/**
 * Numbers in text. One grammar for a column and everything that holds it: its files, a request, a database. An optional
 * sign, digits with at most one decimal mark, an optional exponent; thousands in groups of three; one unit of currency, or
 * per cent, around it. Hexadecimal, `Infinity` and digits with anything else around them are text.
 */

/** How a column writes its numbers; found from its texts, see `numberStyle`. */
export interface NumberStyle {
  /**
   * The decimal mark; the other mark then separates thousands. Left out: nothing in the column tells. Then a point is a
   * decimal mark, and a comma counts only where it can be nothing but a separator of thousands.
   */
  readonly decimal?: '.' | ',' | undefined
  /** A currency's sign, or `%`, as it stands at the numbers. It is left out: `60.5%` is 60.5. */
  readonly unit?: string | undefined
}

export const PLAIN: NumberStyle = {}
const PERCENT = '%'

const PLAIN_NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const INTEGER = /^[+-]?\d+$/
/** Sign, unit, sign, digits with whatever separates them, unit. U+2212 is the minus of typesetters. */
const DRESSED =
  /^([+\u2212-]?)(\p{Sc}?)\s?([+\u2212-]?)([\d.,](?:[\d.,'\u2019\s]*[\d.,])?(?:[eE][+-]?\d+)?)\s?(\p{Sc}|%)?$/u
/** Apostrophes and blanks (also those that do not break) between groups of three: no decimal mark looks so. */
const SPACED = { '.': spaced('\\.'), ',': spaced(',') }
const BARE = { '.': bare('\\.'), ',': bare(',') }
/** Groups by the mark that is not the decimal one. */
const GROUPED = { '.': grouped(',', '\\.'), ',': grouped('\\.', ',') }
/** `1,234,567` and `1,234.5`, not `1,234`. */
const SURELY_GROUPED = /^[1-9]\d{0,2}(?:(?:,\d{3}){2,}(?:\.\d*)?|,\d{3}\.\d*)$/

function bare(mark: string): RegExp {
  return new RegExp(`^(?:\\d+${mark}?\\d*|${mark}\\d+)(?:[eE][+-]?\\d+)?$`)
}
function grouped(separator: string, mark: string): RegExp {
  return new RegExp(`^[1-9]\\d{0,2}(?:${separator}\\d{3})+(?:${mark}\\d*)?$`)
}
function spaced(mark: string): RegExp {
  return new RegExp(`^[1-9]\\d{0,2}(?:(['\\u2019\\s])\\d{3})(?:\\1\\d{3})*(?:${mark}\\d*)?$`)
}

const POWERS = Float64Array.from({ length: 16 }, (_, i) => Number(`1e${i}`))

/**
 * The number that bytes [start, end) of text write plainly; NaN where they do not, and `numberOfText` has to look. Up to 15
 * digits are converted without making a string: mantissa and power of ten are exact, so one division rounds correctly
 * (Clinger 1990).
 */
export function numberOfBytes(bytes: Buffer, start: number, end: number, { decimal, unit }: NumberStyle): number {
  if (unit === PERCENT) return Number.NaN
  // 0x2c is the comma, 0x2e the point.
  const mark = decimal === ',' ? 0x2c : 0x2e
  let at = start
  const first = bytes[at]
  if (first === 0x2d || first === 0x2b) at++
  let mantissa = 0
  let point = -1
  const digitsFrom = at
  for (; at < end; at++) {
    const byte = bytes[at] as number
    const digit = byte - 48
    if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit
    else if (byte === mark && point < 0) point = at
    else break
  }
  const digits = end - digitsFrom - (point < 0 ? 0 : 1)
  if (at === end && digits > 0 && digits <= 15) {
    const value = point < 0 ? mantissa : mantissa / (POWERS[end - point - 1] as number)
    return first === 0x2d ? -value : value
  }
  if (decimal === ',') return Number.NaN
  const text = bytes.toString('latin1', start, end)
  return PLAIN_NUMBER.test(text) ? safe(text) : Number.NaN
}

/** The number that trimmed text means; NaN where it means none. Integers beyond 2^53 are text: they are ids. */
export function numberOfText(text: string, style: NumberStyle = PLAIN): number {
  if (style.decimal !== ',' && style.unit !== PERCENT && PLAIN_NUMBER.test(text)) return safe(text)
  const parts = DRESSED.exec(text)
  if (parts === null) return Number.NaN
  const { unit, negative, body } = undressed(parts)
  if (unit === undefined || (unit !== '' && unit !== style.unit)) return Number.NaN
  const digits = digitsOf(body, style.decimal)
  if (digits === undefined) return Number.NaN
  const value = safe(digits)
  // A share among percentages, or the other way round: 0.6 may be 60 %.
  if (unit === '' && style.unit === PERCENT && value !== 0) return Number.NaN
  return negative ? -value : value
}

/** A plain number's value; NaN for a whole number that a double cannot hold, and for what is no finite one. */
function safe(plain: string): number {
  const value = Number(plain)
  if (!Number.isFinite(value)) return Number.NaN
  return Number.isSafeInteger(value) || !INTEGER.test(plain) ? value : Number.NaN
}

interface Undressed {
  /** '' without one, undefined where there are two of them, or two signs. */
  readonly unit: string | undefined
  readonly negative: boolean
  readonly body: string
}

function undressed([, sign = '', before = '', inner = '', body = '', behind = '']: RegExpExecArray): Undressed {
  const twice = (sign !== '' && inner !== '') || (before !== '' && behind !== '')
  const mark = sign + inner
  return { unit: twice ? undefined : before + behind, negative: mark === '-' || mark === '\u2212', body }
}

/** The digits as a program writes them: no separators, a point. Undefined where they are not written in the style. */
function digitsOf(body: string, decimal: '.' | ',' | undefined): string | undefined {
  const mark = decimal ?? '.'
  if (BARE[mark].test(body)) return mark === ',' ? body.replace(',', '.') : body
  const separated =
    SPACED[mark].test(body) || (decimal === undefined ? SURELY_GROUPED.test(body) : GROUPED[mark].test(body))
  if (!separated) return undefined
  const digits = body.replace(mark === ',' ? /[.'\u2019\s]/g : /[,'\u2019\s]/g, '')
  return mark === ',' ? digits.replace(',', '.') : digits
}

/** `007`: digits that a number would not keep. */
export function hasLeadingZero(text: string): boolean {
  return /^0\d+$/.test(text)
}

/** Of the texts that tell, so many must agree on the decimal mark, or on the unit. */
const AGREEING = 0.98

/**
 * The style in which a column's texts are numbers. A mark tells only where it cannot be the other: `1,234` alone may be a
 * thousand or one and a bit, `12,5` and `1.234,5` are decimal commas.
 *
 * @param decimal the mark as configured, where it is
 */
export function numberStyle(texts: Iterable<string>, decimal?: '.' | ',' | undefined): NumberStyle {
  let [points, commas, without] = [0, 0, 0]
  const units = new Map<string, number>()
  for (const text of texts) {
    // Most texts are digits, and tell nothing.
    if (!/\D/.test(text)) {
      if (/[1-9]/.test(text)) without++
      continue
    }
    const parts = DRESSED.exec(text)
    if (parts === null) continue
    const { unit, body } = undressed(parts)
    if (unit === undefined) continue
    const mark = markOf(body)
    if (mark === '.') points++
    else if (mark === ',') commas++
    if (unit !== '') units.set(unit, (units.get(unit) ?? 0) + 1)
    else if (/[1-9]/.test(body)) without++
  }
  const told = points + commas
  const found = told === 0 ? undefined : points >= told * AGREEING ? '.' : commas >= told * AGREEING ? ',' : undefined
  const mark = decimal ?? found
  const unit = unitOf(units, without)
  return { ...(mark && { decimal: mark }), ...(unit && { unit }) }
}

/** Amounts of two currencies are not comparable, nor are shares and percentages. */
function unitOf(units: ReadonlyMap<string, number>, without: number): string | undefined {
  const [first] = [...units].toSorted((a, b) => b[1] - a[1])
  if (first === undefined) return undefined
  const [unit, rows] = first
  const others = [...units.values()].reduce((sum, n) => sum + n, 0) + (unit === PERCENT ? without : 0)
  return rows >= others * AGREEING ? unit : undefined
}

/** The decimal mark that digits show; undefined where they could be read in two ways, or in none. */
function markOf(body: string): '.' | ',' | undefined {
  const digits = body.replace(/[eE].*$/, '')
  const [point, comma] = [digits.lastIndexOf('.'), digits.lastIndexOf(',')]
  if (point < 0 && comma < 0) return undefined
  const last = point > comma ? '.' : ','
  const other = last === '.' ? ',' : '.'
  if (point >= 0 && comma >= 0) return GROUPED[last].test(digits) ? last : undefined
  // Twice the same: thousands.
  if (digits.indexOf(last) !== digits.lastIndexOf(last)) return GROUPED[other].test(digits) ? other : undefined
  if (digits.at(-1) === ',') return undefined
  return GROUPED[other].test(digits)
    ? undefined
    : BARE[last].test(digits) || SPACED[last].test(digits)
      ? last
      : undefined
}

/** Two ways to read a text, and no column that says which: `1,234`. */
export function isAmbiguous(text: string): boolean {
  const parts = DRESSED.exec(text)
  return parts !== null && GROUPED['.'].test(undressed(parts).body) && markOf(undressed(parts).body) === undefined
}

/**
 * Whether a text is a number in any style, or one with something around it: `1.234,5`, `(12.50)`, `12 kg`, `7,5h`. What
 * begins with a letter is a code.
 */
export function looksLikeNumber(text: string): boolean {
  const core = /^[^\p{L}\d]{0,3}?([+\u2212-]?[\d.,](?:[\d.,'\u2019\s]*\d)?)[^\d]{0,4}$/u.exec(text)?.[1]
  if (core === undefined) return false
  return [',', '.'].some((decimal) => !Number.isNaN(numberOfText(core, { decimal: decimal as '.' | ',' })))
}
