import type { Drawn } from '../stats/drawn.ts'
import { denseTable } from '../stats/sum-table.ts'
import type { Units } from '../stats/units.ts'
import { type CellTable, climb, isSteps, readRow, widthOf } from './cell-table.ts'

/**
 * The sums of a cell table (as `cellSums`) with each unit as often as its count says. The array is used again by the next
 * call. `drawn`: as of `SumTable.add`.
 */
export type UnitSums = (counts: Float64Array, drawn?: Drawn) => Float64Array

/** Up to so many numbers (16 MB) the sums of every unit in every cell are kept; beyond, those of the cells it has rows in. */
const MOST_NUMBERS = 1 << 21

export function unitSums(table: CellTable, units: Units): UnitSums {
  const dense = table.cells * widthOf(table) * units.count <= MOST_NUMBERS
  return dense ? denseSums(table, units) : sparseSums(table, units)
}

/** Column by column, so that counts share a pass. */
function denseSums(table: CellTable, units: Units): UnitSums {
  const { cells, code, columns } = table
  const parts = columns.map((column) => {
    if (!isSteps(column)) return { count: cells, code, values: column }
    // Of each cell what every step adds; what is in none is the last.
    const { count, first, weights } = column
    const step = (cell: number, row: number): number =>
      first[row] === count ? cells * count : cell * count + (first[row] as number)
    return { count: cells * count + 1, code: code.map(step), values: weights }
  })
  const sumsOf = denseTable({ rows: code.length, columns: [], cells: parts }, units, undefined)
  const width = widthOf(table)
  const sums = new Float64Array(cells * width)
  return (counts, drawn) => {
    const found = sumsOf.add(counts, drawn)
    // The first is the number of rows.
    let from = 1
    let k = 0
    for (const column of columns) {
      const count = isSteps(column) ? column.count : 1
      for (let cell = 0; cell < cells; cell++) {
        const at = cell * width + k
        for (let step = 0; step < count; step++) sums[at + step] = found[from + cell * count + step] as number
        climb(sums, at, count)
      }
      from += cells * count + (isSteps(column) ? 1 : 0)
      k += count
    }
    return sums
  }
}

/** Units touch few of many cells, so only those are kept. */
function sparseSums(table: CellTable, units: Units): UnitSums {
  const { code } = table
  const width = widthOf(table)
  const own = new Float64Array(width)
  const { starts, rows } = rowsByUnit(code.length, units)
  // Of each unit the cells it touches, and beside each cell its sums.
  const ends = new Uint32Array(units.count)
  const touched: number[] = []
  const sumsOfUnits: number[] = []
  const place = new Int32Array(table.cells).fill(-1)
  for (let unit = 0; unit < units.count; unit++) {
    const from = touched.length
    for (let i = starts[unit] as number; i < (starts[unit + 1] as number); i++) {
      const row = rows[i] as number
      const cell = code[row] as number
      if ((place[cell] as number) < from) {
        place[cell] = touched.length
        touched.push(cell)
        for (let k = 0; k < width; k++) sumsOfUnits.push(0)
      }
      const at = (place[cell] as number) * width
      readRow(table, row, own)
      for (let k = 0; k < width; k++) sumsOfUnits[at + k] = (sumsOfUnits[at + k] as number) + (own[k] as number)
    }
    ends[unit] = touched.length
  }
  const cells = Uint32Array.from(touched)
  const values = Float64Array.from(sumsOfUnits)
  const sums = new Float64Array(table.cells * width)
  return (counts) => {
    sums.fill(0)
    let entry = 0
    for (let unit = 0; unit < ends.length; unit++) {
      const times = counts[unit] as number
      const end = ends[unit] as number
      if (times === 0) {
        entry = end
        continue
      }
      for (; entry < end; entry++) {
        const at = (cells[entry] as number) * width
        const from = entry * width
        for (let k = 0; k < width; k++) sums[at + k] = (sums[at + k] as number) + times * (values[from + k] as number)
      }
    }
    return sums
  }
}

/** The rows of each unit, in their order: those of unit u are at starts[u] … starts[u + 1] − 1. */
function rowsByUnit(count: number, { of, count: units }: Units): { starts: Uint32Array; rows: Uint32Array } {
  const starts = new Uint32Array(units + 1)
  const unitOf = (row: number): number => (of === undefined ? row : (of[row] as number))
  for (let row = 0; row < count; row++) starts[unitOf(row) + 1] = (starts[unitOf(row) + 1] as number) + 1
  for (let unit = 0; unit < units; unit++) starts[unit + 1] = (starts[unit + 1] as number) + (starts[unit] as number)
  const next = starts.slice(0, units)
  const rows = new Uint32Array(count)
  for (let row = 0; row < count; row++) {
    const unit = unitOf(row)
    rows[next[unit] as number] = row
    next[unit] = (next[unit] as number) + 1
  }
  return { starts, rows }
}
