import { type Grouping, groupingName, groupingParts, type GroupingPart } from '../config/groupings.ts'
import { formatExact, formatExactTime } from '../core/format.ts'
import { type Column, findColumn, type Table } from '../data/table.ts'
import { sortedQuantile } from '../stats/quantile.ts'
import { printableEdge, printableTime, wholeDays } from './edges.ts'

/** What a row of a group fulfils, of one column. */
export interface Condition {
  readonly column: string
  /** As printed: `basic`, `≤ 28`, `> 28 and ≤ 37`, `missing`, `other (980 values)`. */
  readonly value: string
  /** The edges of a band, above < x ≤ upTo; times as epoch milliseconds. Exactly what was compared. */
  readonly above?: number | undefined
  readonly upTo?: number | undefined
}

/** The rows that share a value, or a band of values, of a column. */
export interface Group {
  /** `basic`, `≤ 28`, `> 28 and ≤ 37`, `> 48`, `missing`, `present`, `other (980 values)`; of a cross `basic × north`. */
  readonly value: string
  /** One for each column of the grouping; of a row that lacks a column of a cross, the cross itself. */
  readonly conditions: readonly Condition[]
  /** Places among the given rows, ascending. */
  readonly rows: Uint32Array
  /** Whether the column has no value in these rows. */
  readonly missing: boolean
}

/** More values than this are pooled, the rarest together. */
const MOST_VALUES = 20
/** An integer column with no more values than this is shown by value, not in bands. */
const FEW_NUMBERS = 6
const BANDS = 4
const MISSING = 'missing'
const MISSING_OF_CROSS = 'one or both missing'
/** The one band of a column that has no two different values. */
const PRESENT = 'present'

/** Whether the rows of a group lack the value that groups them. */
export const isMissing = (value: string): boolean => value === MISSING || value === MISSING_OF_CROSS

/**
 * Disaggregation, for slices, fairness and the search for segments alike: splits rows by the values of a column.
 * Categories by value, largest first; numbers and times by quartile bands (low < x ≤ high) or the given ones, in order,
 * at edges that are printed as they are compared;
 * a cross by pairs of values, largest first; missing values last. Every row is in exactly one group. undefined where the
 * table lacks a column.
 *
 * @param rows The row of the table at each place.
 * @param most More values of a column than this are pooled, the rarest together.
 */
export function groupRows(
  table: Table,
  grouping: Grouping,
  rows: Uint32Array,
  most = MOST_VALUES,
): readonly Group[] | undefined {
  const coded = codeRows(table, grouping, rows, most)
  if (coded === undefined) return undefined
  const { codes, values } = coded
  const name = groupingName(grouping)
  const lacking = groupingParts(grouping).length > 1 ? MISSING_OF_CROSS : MISSING
  const sizes = new Uint32Array(values.length + 1)
  for (const code of codes) sizes[code] = (sizes[code] as number) + 1
  const groups = [...values, lacking].map((value, code) => ({
    value,
    conditions: coded.conditions[code] ?? [{ column: name, value }],
    rows: new Uint32Array(sizes[code] as number),
    missing: code === values.length,
  }))
  const filled = new Uint32Array(groups.length)
  for (let place = 0; place < codes.length; place++) {
    const code = codes[place] as number
    ;(groups[code] as Group).rows[filled[code] as number] = place
    filled[code] = (filled[code] as number) + 1
  }
  return groups.filter((group) => group.rows.length > 0)
}

/** A group number at each place; `values.length` stands for missing. undefined where the table lacks a column. */
export function codeRows(table: Table, grouping: Grouping, rows: Uint32Array, most = MOST_VALUES): Coded | undefined {
  const parts = groupingParts(grouping).map((part) => codePart(table, part, rows, most))
  const [one, other] = parts
  if (one === undefined || (parts.length === 2 && other === undefined)) return undefined
  return other === undefined ? one : cross(one, other)
}

/** Values of a category column among the rows; 0 for other kinds. */
export function countValues(table: Table, name: string, rows: Uint32Array): number {
  const column = findColumn(table, name)
  if (column?.kind !== 'category') return 0
  const seen = new Uint8Array(column.dictionary.length)
  for (const row of rows) if ((column.codes[row] as number) >= 0) seen[column.codes[row] as number] = 1
  return seen.reduce((sum, one) => sum + one, 0)
}

function codePart(table: Table, part: GroupingPart, rows: Uint32Array, most: number): Coded | undefined {
  const column = findColumn(table, part.column)
  if (column === undefined) return undefined
  return column.kind === 'category' ? byCategory(column, rows, most) : byNumber(column, rows, part.bands)
}

/** Pairs of values that occur, largest first; a row that lacks either is missing. */
function cross(one: Coded, other: Coded): Coded {
  const width = other.values.length
  const pairs = one.values.length * width
  const counts = new Float64Array(pairs)
  const pairAt = (i: number): number => {
    const a = one.codes[i] as number
    const b = other.codes[i] as number
    return a === one.values.length || b === width ? pairs : a * width + b
  }
  for (let i = 0; i < one.codes.length; i++) {
    const pair = pairAt(i)
    if (pair < pairs) counts[pair] = (counts[pair] as number) + 1
  }
  const present = [...counts.keys()].filter((pair) => (counts[pair] as number) > 0)
  present.sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b)
  const place = new Uint32Array(pairs + 1).fill(present.length)
  present.forEach((pair, i) => (place[pair] = i))
  const codes = newCodes(one.codes.length, present.length)
  for (let i = 0; i < codes.length; i++) codes[i] = place[pairAt(i)] as number
  return {
    values: present.map((pair) => `${one.values[Math.floor(pair / width)]} × ${other.values[pair % width]}`),
    conditions: present.map((pair) => [
      ...(one.conditions[Math.floor(pair / width)] ?? []),
      ...(other.conditions[pair % width] ?? []),
    ]),
    pooled: undefined,
    codes,
  }
}

export type Codes = Uint8Array | Uint32Array

export interface Coded {
  readonly codes: Codes
  readonly values: readonly string[]
  /** What rows of each value fulfil. */
  readonly conditions: readonly (readonly Condition[])[]
  /** The code of the rare values that are pooled, where some are. */
  readonly pooled: number | undefined
}

/** Small enough for so many values and missing. */
function newCodes(rows: number, values: number): Codes {
  return values < 1 << 8 ? new Uint8Array(rows) : new Uint32Array(rows)
}

function byCategory(column: Extract<Column, { kind: 'category' }>, rows: Uint32Array, most: number): Coded {
  const counts = new Float64Array(column.dictionary.length)
  for (const row of rows) {
    const code = column.codes[row] as number
    if (code >= 0) counts[code] = (counts[code] as number) + 1
  }
  const present = [...counts.keys()].filter((code) => (counts[code] as number) > 0)
  present.sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b)
  const shown = present.length > most ? present.slice(0, most - 1) : present
  const values = shown.map((code) => categoryText(column.dictionary[code] as string))
  const pooled = present.length > shown.length ? values.length : undefined
  if (pooled !== undefined) {
    values.push(`other (${(present.length - shown.length).toLocaleString('en-US')} values)`)
  }
  const place = new Uint32Array(column.dictionary.length).fill(shown.length)
  shown.forEach((code, i) => (place[code] = i))
  const codes = newCodes(rows.length, values.length)
  for (let i = 0; i < rows.length; i++) {
    const code = column.codes[rows[i] as number] as number
    codes[i] = code < 0 ? values.length : (place[code] as number)
  }
  return { values, conditions: values.map((value) => [{ column: column.name, value }]), pooled, codes }
}

/** A category that reads like something else of a group stands in quotation marks. */
function categoryText(name: string): string {
  return /^(?:missing|one or both missing|present|all|“.*|[≤>] .*|other \(.* values\))$/.test(name) ? `“${name}”` : name
}

function byNumber(
  column: Exclude<Column, { kind: 'category' }>,
  rows: Uint32Array,
  bands: GroupingPart['bands'],
): Coded {
  const values = new Float64Array(rows.length)
  for (let i = 0; i < values.length; i++) values[i] = column.values[rows[i] as number] as number
  const time = column.kind === 'time'
  const days = time && wholeDays(values)
  const text = (value: number): string => (time ? formatExactTime(value, days) : formatExact(value))
  if (Array.isArray(bands)) return banded(column.name, values, bands, text, true)

  const sorted = presentOf(values).sort()
  const distinct = distinctOf(sorted, FEW_NUMBERS + 1)
  if (bands === undefined && !time && distinct.length <= FEW_NUMBERS && distinct.every(Number.isInteger)) {
    const places = new Map(distinct.map((value, i) => [value, i]))
    const codes = newCodes(values.length, distinct.length)
    for (let i = 0; i < codes.length; i++) codes[i] = places.get(values[i] as number) ?? distinct.length
    const names = distinct.map(String)
    const conditions = names.map((value) => [{ column: column.name, value }])
    return { values: names, conditions, pooled: undefined, codes }
  }
  const parts = typeof bands === 'number' ? bands : BANDS
  const cuts = Array.from({ length: parts - 1 }, (_, i) => sortedQuantile(sorted, (i + 1) / parts))
  const edges = cuts.flatMap((cut) => edgeAt(sorted, cut, time ? printableTime : printableEdge) ?? [])
  return banded(column.name, values, [...new Set(edges)], text, sorted.length > 0)
}

/** An edge that parts the values as the cut does; undefined where nothing is above the cut. */
function edgeAt(
  sorted: Float64Array,
  cut: number,
  printable: (below: number, above: number) => number,
): number | undefined {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as number) <= cut) low = middle + 1
    else high = middle
  }
  const above = sorted[low]
  return above === undefined || low === 0 ? undefined : printable(sorted[low - 1] as number, above)
}

/** A copy of those that are not NaN. A typed array’s own filter makes a list of all of them first. */
function presentOf(values: Float64Array): Float64Array {
  const present = new Float64Array(values.length)
  let count = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (!Number.isNaN(value)) present[count++] = value
  }
  return present.subarray(0, count)
}

/** The first values of an ascending array that differ. */
function distinctOf(sorted: Float64Array, most: number): readonly number[] {
  const found: number[] = []
  for (const value of sorted) {
    if (value !== found.at(-1)) found.push(value === 0 ? 0 : value)
    if (found.length === most) break
  }
  return found
}

/** Bands with these upper edges, low < x ≤ high, and one above them. */
function banded(
  column: string,
  values: Float64Array,
  edges: readonly number[],
  text: (value: number) => string,
  any: boolean,
): Coded {
  const bands = [...edges, undefined].slice(0, any ? undefined : edges.length).map((upTo, i): Condition => {
    const above = edges[i - 1]
    const parts = [
      ...(above === undefined ? [] : [`> ${text(above)}`]),
      ...(upTo === undefined ? [] : [`≤ ${text(upTo)}`]),
    ]
    return {
      column,
      value: parts.join(' and ') || PRESENT,
      ...(above === undefined ? {} : { above }),
      ...(upTo === undefined ? {} : { upTo }),
    }
  })
  const codes = newCodes(values.length, bands.length)
  for (let i = 0; i < codes.length; i++) {
    const value = values[i] as number
    let band = 0
    while (band < edges.length && value > (edges[band] as number)) band++
    codes[i] = Number.isNaN(value) ? bands.length : band
  }
  return { values: bands.map(({ value }) => value), conditions: bands.map((band) => [band]), pooled: undefined, codes }
}

/**
 * The grouping with the bands that these rows fall into by themselves, so that other rows are parted at the same edges.
 */
export function fixBands(table: Table, grouping: Grouping, rows: Uint32Array): Grouping {
  const fix = (part: GroupingPart): GroupingPart => {
    const column = findColumn(table, part.column)
    if (column === undefined || column.kind === 'category' || Array.isArray(part.bands)) return part
    const edges = byNumber(column, rows, part.bands).conditions.flatMap(([band]) => band?.upTo ?? [])
    return edges.length === 0 ? part : { column: part.column, bands: edges }
  }
  const [one, other] = groupingParts(grouping).map(fix) as [GroupingPart, GroupingPart?]
  return (other === undefined ? one : [one, other]) as Grouping
}

/** A group in words: `plan = basic`, `age ≤ 28`, `age > 28 and ≤ 37`, `age is missing`, `plan × age = one or both missing`. */
export function groupText(column: string, value: string): string {
  if (value === MISSING || value === PRESENT) return `${column} is ${value}`
  return /^[≤>] /.test(value) ? `${column} ${value}` : `${column} = ${value}`
}
