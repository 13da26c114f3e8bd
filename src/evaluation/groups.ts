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
 * Disaggregation, for slices and fairness alike: splits rows by the values of a column. Categories by value, largest
 * first; numbers and times by quartile bands (low < x ≤ high), in order; missing values last. Every row is in exactly one
 * group. undefined where the table has no such column.
 *
 * @param rows The row of the table at each place.
 */
export function groupRows(table: Table, name: string, rows: Uint32Array): readonly Group[] | undefined {
  const column = findColumn(table, name)
  if (column === undefined) return undefined
  const { codes, values } = column.kind === 'category' ? byCategory(column, rows) : byNumber(column, rows)
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

/** A group number per place; `values.length` stands for missing. */
interface Coded {
  readonly codes: Uint32Array
  readonly values: readonly string[]
}

function byCategory(column: Extract<Column, { kind: 'category' }>, rows: Uint32Array): Coded {
  const counts = new Float64Array(column.dictionary.length)
  for (const row of rows) {
    const code = column.codes[row] as number
    if (code >= 0) counts[code] = (counts[code] as number) + 1
  }
  const present = [...counts.keys()].filter((code) => (counts[code] as number) > 0)
  present.sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b)
  const shown = present.length > MOST_VALUES ? present.slice(0, MOST_VALUES - 1) : present
  const values = shown.map((code) => column.dictionary[code] as string)
  if (present.length > shown.length) {
    values.push(`other (${(present.length - shown.length).toLocaleString('en-US')} values)`)
  }
  const place = new Uint32Array(column.dictionary.length).fill(shown.length)
  shown.forEach((code, i) => (place[code] = i))
  return {
    values,
    codes: Uint32Array.from(rows, (row) => {
      const code = column.codes[row] as number
      return code < 0 ? values.length : (place[code] as number)
    }),
  }
}

function byNumber(column: Exclude<Column, { kind: 'category' }>, rows: Uint32Array): Coded {
  const values = Float64Array.from(rows, (row) => column.values[row] as number)
  const sorted = values.filter((value) => !Number.isNaN(value)).sort()
  const text = (value: number): string =>
    column.kind === 'time' ? new Date(value).toISOString().slice(0, 10) : formatNumber(value)

  const distinct = [...new Set(sorted)].slice(0, FEW_NUMBERS + 1)
  if (column.kind === 'number' && distinct.length <= FEW_NUMBERS && distinct.every(Number.isInteger)) {
    return {
      values: distinct.map(String),
      codes: Uint32Array.from(values, (value) => (Number.isNaN(value) ? distinct.length : distinct.indexOf(value))),
    }
  }
  const quartiles = [...new Set([1, 2, 3].map((i) => sortedQuantile(sorted, i / BANDS)))]
  const highest = sorted[sorted.length - 1]
  const edges = quartiles.filter((edge) => highest !== undefined && edge < highest)
  const bands = edges.map((edge, i) =>
    i === 0 ? `≤ ${text(edge)}` : `${text(edges[i - 1] as number)} … ${text(edge)}`,
  )
  if (sorted.length > 0) bands.push(edges.length === 0 ? 'all' : `> ${text(edges[edges.length - 1] as number)}`)
  return {
    values: bands,
    codes: Uint32Array.from(values, (value) => {
      if (Number.isNaN(value)) return bands.length
      const band = edges.findIndex((edge) => value <= edge)
      return band < 0 ? edges.length : band
    }),
  }
}
