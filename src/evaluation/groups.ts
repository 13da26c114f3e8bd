import { type Grouping, groupingParts, type GroupingPart } from '../config/groupings.ts'
import { formatNumber } from '../core/format.ts'
import { type Column, findColumn, type Table } from '../data/table.ts'
import { sortedQuantile } from '../stats/quantile.ts'

/** The rows that share a value, or a band of values, of a column. */
export interface Group {
  /** `basic`, `≤ 28`, `28 … 37`, `> 48`, `missing`, `other (980 values)`. */
  readonly value: string
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

/**
 * Disaggregation, for slices, fairness and the search for segments alike: splits rows by the values of a column.
 * Categories by value, largest first; numbers and times by quartile bands (low < x ≤ high) or the given ones, in order;
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
  const sizes = new Uint32Array(values.length + 1)
  for (const code of codes) sizes[code] = (sizes[code] as number) + 1
  const groups = [...values, 'missing'].map((value, code) => ({
    value,
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
    codes,
  }
}

export type Codes = Uint8Array | Uint32Array

export interface Coded {
  readonly codes: Codes
  readonly values: readonly string[]
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
  const values = shown.map((code) => column.dictionary[code] as string)
  if (present.length > shown.length) {
    values.push(`other (${(present.length - shown.length).toLocaleString('en-US')} values)`)
  }
  const place = new Uint32Array(column.dictionary.length).fill(shown.length)
  shown.forEach((code, i) => (place[code] = i))
  const codes = newCodes(rows.length, values.length)
  for (let i = 0; i < rows.length; i++) {
    const code = column.codes[rows[i] as number] as number
    codes[i] = code < 0 ? values.length : (place[code] as number)
  }
  return { values, codes }
}

function byNumber(
  column: Exclude<Column, { kind: 'category' }>,
  rows: Uint32Array,
  bands: GroupingPart['bands'],
): Coded {
  const values = new Float64Array(rows.length)
  for (let i = 0; i < values.length; i++) values[i] = column.values[rows[i] as number] as number
  const text = (value: number): string =>
    column.kind === 'time' ? new Date(value).toISOString().slice(0, 10) : formatNumber(value)
  if (Array.isArray(bands)) return banded(values, bands, text, true)

  const sorted = presentOf(values).sort()
  const distinct = distinctOf(sorted, FEW_NUMBERS + 1)
  if (
    bands === undefined &&
    column.kind === 'number' &&
    distinct.length <= FEW_NUMBERS &&
    distinct.every(Number.isInteger)
  ) {
    const places = new Map(distinct.map((value, i) => [value, i]))
    const codes = newCodes(values.length, distinct.length)
    for (let i = 0; i < codes.length; i++) codes[i] = places.get(values[i] as number) ?? distinct.length
    return { values: distinct.map(String), codes }
  }
  const parts = typeof bands === 'number' ? bands : BANDS
  const cuts = new Set(Array.from({ length: parts - 1 }, (_, i) => sortedQuantile(sorted, (i + 1) / parts)))
  const highest = sorted.at(-1)
  return banded(
    values,
    [...cuts].filter((edge) => highest !== undefined && edge < highest),
    text,
    sorted.length > 0,
  )
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
function banded(values: Float64Array, edges: readonly number[], text: (value: number) => string, any: boolean): Coded {
  const names = edges.map((edge, i) =>
    i === 0 ? `≤ ${text(edge)}` : `${text(edges[i - 1] as number)} … ${text(edge)}`,
  )
  if (any) names.push(edges.length === 0 ? 'all' : `> ${text(edges.at(-1) as number)}`)
  const codes = newCodes(values.length, names.length)
  for (let i = 0; i < codes.length; i++) {
    const value = values[i] as number
    let band = 0
    while (band < edges.length && value > (edges[band] as number)) band++
    codes[i] = Number.isNaN(value) ? names.length : band
  }
  return { values: names, codes }
}

/** A group in words: `plan = basic`, `age ≤ 28`, `age is missing`. */
export function groupText(column: string, value: string): string {
  if (value === 'missing') return `${column} is missing`
  return /^[≤>] /.test(value) ? `${column} ${value}` : `${column} = ${value}`
}
