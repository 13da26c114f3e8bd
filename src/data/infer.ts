import type { Column, ColumnKind } from './table.ts'
import { nearlyTyped, type Nearly } from './nearly.ts'
import { isMissingNumber } from './readers/missing-text.ts'
import { allIntegers } from './readers/numeric-sink.ts'
import { hasLeadingZero, numberOfText, numberStyle, type NumberStyle } from './readers/number-text.ts'
import { type DressedNumber, type Sink, textOf } from './readers/sink.ts'
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
  /** In the sampled rows: of a category, whether it is nearly one of numbers. */
  readonly nearly?: Nearly | undefined
}

/** How cells are read, whatever the column. */
export interface CellOptions {
  /** The texts of `data.missing`. */
  readonly missing: ReadonlySet<string>
  /** The decimal mark as configured. */
  readonly decimal?: '.' | ',' | undefined
}

export interface PlanOptions extends CellOptions {
  /** The type to use whatever the cells look like. */
  readonly kind?: ColumnKind | undefined
  /** The way of writing numbers to use. Default: what the cells show. */
  readonly style?: NumberStyle | undefined
  /** For the configured time column: as configured, as an earlier read has found, or `find`. */
  readonly times?: TimePlan | 'find' | undefined
}

/**
 * Decides on a column's type from sampled cells. Booleans are categories; integers with a leading zero anywhere
 * (`007`, postal codes) are categories, because a number would lose the zero; without any value: category, which
 * `settle` corrects once everything is read.
 */
export function planColumn(cells: readonly unknown[], options: PlanOptions): ColumnPlan {
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
      if (isMissingNumber(text, options.missing)) continue
      present++
      texts.push(text)
    }
  }
  const style = options.style ?? numberStyle(texts, options.decimal)
  if (options.times !== undefined) return timePlan(cells, options.times, style, options.missing)
  let leadingZeros = 0
  for (const text of texts) {
    if (!Number.isNaN(numberOfText(text, style))) {
      numbers++
      if (hasLeadingZero(text)) leadingZeros++
    } else if (!Number.isNaN(timeOfText(text))) times++
  }
  const mostly = (share: number): boolean => present > 0 && share >= present * MOSTLY
  const kind: ColumnKind = mostly(times) ? 'time' : mostly(numbers) && leadingZeros === 0 ? 'number' : 'category'
  const nearly = kind === 'category' && leadingZeros === 0 ? nearlyTyped(counted(texts), style) : undefined
  const found = { style, times: undefined, ...(nearly && { nearly }) }
  return options.kind === undefined ? { kind, ...found, fixed: false } : { ...found, kind: options.kind, fixed: true }
}

function counted(texts: readonly string[]): ReadonlyMap<string, number> {
  const rows = new Map<string, number>()
  for (const text of texts) rows.set(text, (rows.get(text) ?? 0) + 1)
  return rows
}

/** The configured time column holds times whatever its cells look like: what is none is told with its place. */
function timePlan(
  cells: readonly unknown[],
  times: TimePlan | 'find',
  style: NumberStyle,
  missing: ReadonlySet<string>,
): ColumnPlan {
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
    if (text !== undefined && isMissingNumber(text, missing)) continue
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

/**
 * What the sample promised and all the rows did not keep: the column has to be read again as a category. Undefined
 * where the plan was right.
 */
export function corrected(plan: ColumnPlan, sink: Sink, column: Column): ColumnPlan | undefined {
  if (plan.fixed || column.kind === 'category') return undefined
  const present = column.values.reduce((sum, value) => (value === value ? sum + 1 : sum), 0)
  const strays = sink.strays.count > (present + sink.strays.count) * (1 - MOSTLY)
  const codes = column.kind === 'number' && sink.leadingZeros > 0 && allIntegers(column.values)
  const other = column.kind === 'number' && isOtherStyle(sink.strays.texts.keys(), plan.style)
  return strays || codes || other ? { ...plan, kind: 'category' } : undefined
}

/** Whether what is no number would be one in another style: then the column's own numbers may have been misread. */
function isOtherStyle(strays: Iterable<string>, style: NumberStyle): boolean {
  const { decimal, unit } = numberStyle(strays)
  return (decimal !== undefined && decimal !== (style.decimal ?? '.')) || (unit !== undefined && unit !== style.unit)
}

/** A column once all of it is read. */
export interface Settled {
  readonly column: Column
  readonly plan: ColumnPlan
  /** Values that do not fit a type which was only decided on now. */
  readonly strays: ReadonlyMap<string, number>
  readonly nearly?: Nearly | undefined
  /** Of numbers that were only found now: the first that is not written as a program writes it. */
  readonly dressed?: DressedNumber | undefined
}

/**
 * A category column whose texts turn out to be numbers or times after all (the sample held none, or its first rows
 * were empty) becomes one: the dictionary has every text, so nothing is read again.
 */
export function settle(column: Column, plan: ColumnPlan, { missing, decimal }: CellOptions): Settled {
  const same = { column, plan, strays: new Map<string, number>() }
  if (column.kind !== 'category' || plan.fixed) return same
  const byCode = new Uint32Array(column.dictionary.length)
  for (const code of column.codes) if (code >= 0) byCode[code] = (byCode[code] as number) + 1
  const rowsOf = new Map<string, number>()
  let present = 0
  for (const [code, text] of column.dictionary.entries()) {
    const rows = byCode[code] as number
    if (rows === 0 || isMissingNumber(text, missing)) continue
    if (hasLeadingZero(text)) return same
    rowsOf.set(text, rows)
    present += rows
  }
  if (present === 0) return same
  const style = numberStyle(rowsOf.keys(), decimal)
  for (const kind of ['number', 'time'] as const) {
    const parse = (text: string): number => (kind === 'number' ? numberOfText(text, style) : timeOfText(text))
    const strays = new Map([...rowsOf].filter(([text]) => Number.isNaN(parse(text))))
    const unfit = [...strays.values()].reduce((sum, rows) => sum + rows, 0)
    if (present - unfit < present * MOSTLY) continue
    const parsed = column.dictionary.map(parse)
    const values = Float64Array.from(column.codes, (code) => (code < 0 ? Number.NaN : (parsed[code] as number)))
    const { name } = column
    const settled: Column =
      kind === 'time' ? { kind, name, values } : { kind, name, values, integer: allIntegers(values) }
    const odd = [...rowsOf.keys()].find((text) => !strays.has(text) && Number(text) !== parse(text))
    const dressed = kind === 'time' || odd === undefined ? undefined : { text: odd, value: parse(odd) }
    return { column: settled, plan: { ...plan, kind, style }, strays, dressed }
  }
  return { ...same, nearly: nearlyTyped(rowsOf, style) }
}
