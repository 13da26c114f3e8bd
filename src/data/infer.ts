import type { Column, ColumnKind } from './table.ts'
import { allIntegers } from './readers/numeric-sink.ts'
import { hasLeadingZero, numberOfText, numberStyle, type NumberStyle } from './readers/number-text.ts'
import { type Sink, textOf } from './readers/sink.ts'
import { ISO_ONLY, likelyFormat, numberIn, type TimeFormat, type TimePlan } from './readers/time-format.ts'
import { timeOfText } from './readers/time-text.ts'

/** A column is of a type when at least this share of its present values is; the rest counts as missing. */
export const MOSTLY = 0.98

export interface ColumnPlan {
  readonly kind: ColumnKind
  readonly style: NumberStyle
  /** What the cells of the configured time column mean; undefined elsewhere, where bare numbers are numbers. */
  readonly times: TimePlan | undefined
  /** Given from outside: never corrected by what the data show. */
  readonly fixed: boolean
}

export interface PlanOptions {
  readonly missing: ReadonlySet<string>
  /** The type to use whatever the cells look like. */
  readonly kind?: ColumnKind | undefined
  /** For the configured time column: as configured, as an earlier read has found, or `find`. */
  readonly times?: TimePlan | 'find' | undefined
}

/**
 * Decides on a column's type from sampled cells. Booleans are categories; integers with a leading zero anywhere
 * (`007`, postal codes) are categories, because a number would lose the zero; without any value: category, which
 * `settle` corrects once everything is read.
 */
export function planColumn(cells: readonly unknown[], options: PlanOptions): ColumnPlan {
  if (options.times !== undefined) return timePlan(cells, options.times, options.missing)
  if (options.kind !== undefined) return fixedPlan(options.kind, cells)
  const texts: string[] = []
  let present = 0
  let numbers = 0
  let times = 0
  for (const cell of cells) {
    if (cell instanceof Date) {
      present++
      times++
    } else if (typeof cell === 'bigint' || typeof cell === 'number') {
      if (Number.isNaN(cell)) continue
      present++
      if (typeof cell === 'number' || Number.isSafeInteger(Number(cell))) numbers++
    } else {
      const text = textOf(cell)?.trim() ?? ''
      if (text === '' || options.missing.has(text)) continue
      present++
      texts.push(text)
    }
  }
  const style = numberStyle(texts)
  let leadingZeros = 0
  for (const text of texts) {
    if (!Number.isNaN(numberOfText(text, style))) {
      numbers++
      if (hasLeadingZero(text)) leadingZeros++
    } else if (!Number.isNaN(timeOfText(text))) times++
  }
  const mostly = (share: number): boolean => present > 0 && share >= present * MOSTLY
  const kind: ColumnKind = mostly(times) ? 'time' : mostly(numbers) && leadingZeros === 0 ? 'number' : 'category'
  return { kind, style, times: undefined, fixed: false }
}

/** The configured time column holds times whatever its cells look like: what is none is told with its place. */
function timePlan(cells: readonly unknown[], times: TimePlan | 'find', missing: ReadonlySet<string>): ColumnPlan {
  const style = styleOf(cells)
  if (times !== 'find') return { kind: 'time', style, times, fixed: true }
  const [first] = [...formatVotes(cells, style, missing)].toSorted((a, b) => b[1].count - a[1].count)
  const format = first?.[0]
  // Cells of another format are no times; when they are many, the column as a whole is refused once it is read.
  return { kind: 'time', style, times: format === undefined ? ISO_ONLY : { format, given: false }, fixed: true }
}

interface Vote {
  count: number
  readonly example: string
}

/**
 * Which formats the bare numbers of a time column look like, with the first of each; `undefined` counts those that are too
 * small to tell.
 */
export function formatVotes(
  cells: readonly unknown[],
  style: NumberStyle,
  missing: ReadonlySet<string>,
): ReadonlyMap<TimeFormat | undefined, Vote> {
  const votes = new Map<TimeFormat | undefined, Vote>()
  for (const cell of cells) {
    const text = typeof cell === 'string' ? cell.trim() : undefined
    if (text !== undefined && missing.has(text)) continue
    const number =
      text !== undefined
        ? numberIn(text, style)
        : typeof cell === 'number' || typeof cell === 'bigint'
          ? cell
          : undefined
    if (number === undefined || Number.isNaN(number)) continue
    const format = likelyFormat(number)
    const vote = votes.get(format) ?? { count: 0, example: String(cell) }
    vote.count++
    votes.set(format, vote)
  }
  return votes
}

/** Only the way of writing numbers is left to find out. */
function fixedPlan(kind: ColumnKind, cells: readonly unknown[]): ColumnPlan {
  return { kind, style: kind === 'number' ? styleOf(cells) : 'plain', times: undefined, fixed: true }
}

function styleOf(cells: readonly unknown[]): NumberStyle {
  return numberStyle(cells.filter((cell): cell is string => typeof cell === 'string').map((text) => text.trim()))
}

/**
 * What the sample promised and all the rows did not keep: the column has to be read again as a category. Undefined
 * where the plan was right.
 */
export function corrected(plan: ColumnPlan, sink: Sink, column: Column): ColumnPlan | undefined {
  if (plan.fixed || column.kind === 'category') return undefined
  const present = column.values.reduce((sum, value) => (value === value ? sum + 1 : sum), 0)
  const strays = sink.strays.count > (present + sink.strays.count) * (1 - MOSTLY)
  const codes = column.kind === 'number' && sink.leadingZeros > 0 && allIntegers(column.values)
  return strays || codes ? { ...plan, kind: 'category' } : undefined
}

/**
 * A category column whose texts turn out to be numbers or times after all (the sample held none, or its first rows
 * were empty) becomes one: the dictionary has every text, so nothing is read again.
 */
export function settle(column: Column, plan: ColumnPlan): { readonly column: Column; readonly strays: number } {
  if (column.kind !== 'category' || plan.fixed) return { column, strays: 0 }
  const rowsOf = new Uint32Array(column.dictionary.length)
  let present = 0
  for (const code of column.codes) {
    if (code < 0) continue
    rowsOf[code] = (rowsOf[code] as number) + 1
    present++
  }
  if (column.dictionary.some((text, code) => (rowsOf[code] as number) > 0 && hasLeadingZero(text))) {
    return { column, strays: 0 }
  }
  const style = numberStyle(column.dictionary.slice(0, 1000))
  for (const kind of ['number', 'time'] as const) {
    const parsed = column.dictionary.map((text) => (kind === 'number' ? numberOfText(text, style) : timeOfText(text)))
    const fitting = parsed.reduce((sum, value, code) => (value === value ? sum + (rowsOf[code] as number) : sum), 0)
    if (present === 0 || fitting < present * MOSTLY) continue
    const values = new Float64Array(column.codes.length)
    for (let i = 0; i < values.length; i++) {
      const code = column.codes[i] as number
      values[i] = code < 0 ? Number.NaN : (parsed[code] as number)
    }
    const { name } = column
    const settled: Column =
      kind === 'time' ? { kind, name, values } : { kind, name, values, integer: allIntegers(values) }
    return { column: settled, strays: present - fitting }
  }
  return { column, strays: 0 }
}
