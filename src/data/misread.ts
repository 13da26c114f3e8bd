import { count } from '../core/text.ts'
import { formatNumber } from '../core/format.ts'
import { shareOf } from './expectations.ts'
import type { Nearly, UnreadValues } from './nearly.ts'
import { looksLikeNumber } from './readers/number-text.ts'
import type { Column, ColumnKind } from './table.ts'
import type { ColumnReport, QualityFinding } from './types.ts'

/** Rules whose findings say that a column may mean something else than what it was taken for. */
export const MISREAD: ReadonlySet<string> = new Set(['nearly-typed', 'unread', 'sentinel'])
/** Of so many values that cannot be read as the column's type, it has become another one. */
const OTHER_TYPE = 0.5

/** A column that is nearly one of numbers or times, and one of numbers or times that holds much else. */
export function checkReading(
  { name, kind, role, nearly, unread, distinct }: Omit<ColumnReport, 'missing' | 'notes'>,
  expected: ColumnKind | undefined,
): QualityFinding[] {
  if (role === 'ignored' || role === 'personal') return []
  if (nearly !== undefined && expected !== 'category') {
    const sentence = `${name}: ${nearlyWords(name, nearly, distinct)}`
    return [{ rule: 'nearly-typed', column: name, severity: 'warn', sentence }]
  }
  if (unread === undefined) return []
  const severity = unread.rows >= unread.present * OTHER_TYPE ? 'stop' : 'warn'
  const sentence = `${name}: ${unreadWords(unread, kind === 'time' ? 'times' : 'numbers')}`
  return [{ rule: 'unread', column: name, severity, sentence }]
}

/** What is said of such a column, with what cures it. */
function nearlyWords(name: string, found: Nearly, distinct: number): string {
  const { what, fitting, present, text, rows, others, because } = found
  const values = `read as ${count(distinct, 'category', 'categories')}`
  const named = /^[\w-]+$/.test(name) ? name : JSON.stringify(name)
  const otherwise = `if they are categories, say so: expect: {${named}: {type: category}}`
  const most = others === 1 ? `all others are “${text}”` : `the commonest other is “${text}” (${count(rows, 'value')})`
  const share = `${shareOf(fitting, present)} are ${what} and ${most}, so that the column is ${values}`
  if (because === 'date') {
    return `${shareOf(fitting, present)} look like dates, such as “${text}”, but not with the year first, so that the column is ${values}; write them as 2026-05-01, or leave the column out (data.ignore); ${otherwise}`
  }
  if (because === 'text') return `${share}; if “${text}” means “missing”, add it to data.missing; ${otherwise}`
  if (what === 'times') return `${share}; write all times as 2026-05-01 10:30; ${otherwise}`
  if (because === 'mark') {
    return `most values look like numbers, such as “${text}”, but what the point and the comma mean cannot be told from them, so that the column is ${values}; set data.decimal to "." or ","; ${otherwise}`
  }
  return `most values look like numbers, but not as a program writes them, such as “${text}”, so that the column is ${values}; write plain numbers; ${otherwise}`
}

/** @param what `numbers` or `times` */
function unreadWords({ rows, present, text, textRows }: UnreadValues, what: 'numbers' | 'times'): string {
  const which = textRows >= rows ? (rows === 1 ? '' : 'all of them ') : 'most often '
  const cure =
    what === 'numbers' && looksLikeNumber(text)
      ? 'the column used to be written in another way: write plain numbers, or set data.decimal if only the mark is in doubt'
      : `if “${text}” means “missing”, add it to data.missing`
  return `${shareOf(rows, present)} are no ${what} and count as missing, ${which}“${text}”; ${cure}`
}

/** Numbers that programs write for “missing”: 99, −999, 9999 … and the ends of 16 and 32 bits. */
const SENTINEL = /^-?9{2,}$|^-(32768|2147483648)$|^(32767|2147483647)$/
/** Fewer are outliers like any others. */
const FEWEST_SENTINELS = 3

/** A number at either end of a feature, farther from all others than these are from each other, that may mean “missing”. */
export function checkSentinel(
  { name, role }: Pick<ColumnReport, 'name' | 'role'>,
  column: Column | undefined,
): QualityFinding[] {
  if (role !== 'feature' || column?.kind !== 'number') return []
  return [sentinelAt(column.values, 1), sentinelAt(column.values, -1)]
    .filter((found) => found !== undefined)
    .map(({ value, rows, present, from, to }) => ({
      rule: 'sentinel',
      column: name,
      severity: 'warn',
      sentence: `${name}: ${shareOf(rows, present)} are ${formatNumber(value)}, far from all others (${formatNumber(from)} … ${formatNumber(to)}), and count as that number; if it means “missing”, add "${value}" to data.missing`,
    }))
}

/** @param sign 1 for the largest value, −1 for the smallest */
function sentinelAt(values: Float64Array, sign: 1 | -1) {
  let end = -Infinity
  for (const value of values) if (value * sign > end) end = value * sign
  if (!SENTINEL.test(String(end * sign))) return undefined
  let [next, least, rows, present] = [-Infinity, Infinity, 0, 0]
  for (const cell of values) {
    const value = cell * sign
    if (value !== value) continue
    present++
    if (value === end) {
      rows++
      continue
    }
    if (value > next) next = value
    if (value < least) least = value
  }
  if (rows < FEWEST_SENTINELS || next === -Infinity || end - next <= next - least) return undefined
  const [from, to] = sign === 1 ? [least, next] : [-next, -least]
  return { value: end * sign, rows, present, from, to }
}
