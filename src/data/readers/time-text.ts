const DAY = 86_400_000
const ISO =
  /^(\d{4})([-/])(\d{2})\2(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(Z|UTC|[+-]\d{2}(?::?\d{2})?))?)?$/
/** `20260501T103000Z`: without its time it would be a number. */
const BASIC =
  /^(\d{4})()(\d{2})(\d{2})[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(Z|UTC|[+-]\d{2}(?::?\d{2})?))?$/
const ZONE = /(?:Z|UTC|[+-]\d{2}(?::?\d{2})?)$/
const DAY_OR_MONTH_FIRST =
  /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:(?:,? |T)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?([AaPp])[Mm])?)?$/

/**
 * Epoch milliseconds of a date or date-time; NaN where the text is none. Accepted: `2026-05-01`, `2026/05/01`,
 * `2026-05-01 10:30`, `2026-05-01T10:30:00.123Z`, `… +02:00`, `20260501T103000Z`. Without a zone the time is UTC, so that
 * every machine reads the same. Dates that start with the day or the month are ambiguous and stay text.
 */
export function timeOfText(text: string): number {
  const match = ISO.exec(text) ?? BASIC.exec(text)
  if (!match) return Number.NaN
  const [, year, , month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match
  const utc = timeOfParts(
    Number(year),
    Number(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    milliseconds(fraction),
  )
  return utc - zoneOffset(zone)
}

const milliseconds = (fraction: string): number => (fraction === '' ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0')))

/** Epoch milliseconds of `31/12/2026`, `31.12.2026 18:30` or, where the month is `first`, `12/31/2026 6:30 PM`; else NaN. */
export function timeOfDayMonth(text: string, first: 'day' | 'month'): number {
  const match = DAY_OR_MONTH_FIRST.exec(text)
  if (!match) return Number.NaN
  const [, one, , two, year, hour = '0', minute = '0', second = '0', fraction = '', half] = match
  const [day, month] = first === 'day' ? [one, two] : [two, one]
  if (half !== undefined && !(Number(hour) >= 1 && Number(hour) <= 12)) return Number.NaN
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
  const ms = milliseconds(fraction)
  return timeOfParts(Number(year), Number(month), Number(day), hours, Number(minute), Number(second), ms)
}

const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez)\\p{L}*\\.?'
/** `3-Nov-2026`, `Tue, 03 Nov 2026 10:30:00 GMT`, `Nov 3, 2026`. */
const NAMED_MONTH = new RegExp(
  `^(?:\\p{L}{2,3},? )?(?:\\d{1,2}\\.?[ -/]?${MONTH}|${MONTH} \\d{1,2},?)[ -/]?(?:\\d{4}|\\d{2})(?:\\D.*)?$`,
  'iu',
)
const SHORT_YEAR = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{2})$/

/** Whether a text is a date that is not written with the year first: nobody can tell the day from the month, or Refit does not. */
export function looksLikeDate(text: string): boolean {
  const whole = text.replace(SHORT_YEAR, '$1$2$3$220$4')
  return (
    [timeOfDayMonth(whole, 'day'), timeOfDayMonth(whole, 'month')].some((time) => time === time) ||
    NAMED_MONTH.test(text)
  )
}

/** Whether a text that is a time says its zone. */
export function hasZone(text: string): boolean {
  return text.length > 10 && ZONE.test(text)
}

function zoneOffset(zone: string): number {
  if (zone === 'Z' || zone === 'UTC') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + (zone.length > 3 ? Number(zone.slice(-2)) : 0)
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}

/** As `timeOfText`, on bytes; the two commonest spellings without making a string. */
export function timeOfBytes(bytes: Buffer, start: number, end: number): number {
  const length = end - start
  if ((length === 10 || length === 19) && bytes[start + 4] === 0x2d && bytes[start + 7] === 0x2d) {
    const year = pair(bytes, start) * 100 + pair(bytes, start + 2)
    const month = pair(bytes, start + 5)
    const day = pair(bytes, start + 8)
    if (length === 10) return timeOfParts(year, month, day, 0, 0, 0, 0)
    const between = bytes[start + 10]
    if ((between === 0x20 || between === 0x54) && bytes[start + 13] === 0x3a && bytes[start + 16] === 0x3a) {
      return timeOfParts(year, month, day, pair(bytes, start + 11), pair(bytes, start + 14), pair(bytes, start + 17), 0)
    }
  }
  return length < 10 || length > 40 ? Number.NaN : timeOfText(bytes.toString('latin1', start, end))
}

/** The number that two ASCII digits write; NaN for anything else. */
function pair(bytes: Buffer, at: number): number {
  const high = (bytes[at] as number) - 48
  const low = (bytes[at + 1] as number) - 48
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : Number.NaN
}

/**
 * Epoch milliseconds of a date and time in UTC; NaN where there is no such one. Days since 1970-01-01 in the proleptic
 * Gregorian calendar (Hinnant, chrono-compatible date algorithms).
 */
export function timeOfParts(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  ms: number,
): number {
  // Written so that a NaN part fails as well.
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return Number.NaN
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return Number.NaN
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  const value = (era * 146_097 + dayOfEra - 719_468) * DAY + hour * 3_600_000 + minute * 60_000 + second * 1000 + ms
  // The 30th of February would silently become the 2nd of March.
  if (day > 28 && new Date(value).getUTCDate() !== day) return Number.NaN
  return value
}
