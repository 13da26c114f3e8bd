import type { Units } from './units.ts'

/** What a statistic needs of the rows, where weighted sums over them are all it needs. */
export interface Terms {
  readonly rows: number
  /** Σ w·x of each. */
  readonly columns: readonly Float64Array[]
  /** Σ w of the rows of each cell, or Σ w·x where there are values. */
  readonly cells?: readonly Cells[] | undefined
}

export interface Cells {
  readonly count: number
  /** The cell of each row. */
  readonly code: Uint8Array | Uint32Array
  readonly values?: Float64Array | undefined
}

/** How many sums there are: Σ w first, then the columns, then the cells. */
export function sumCount(terms: Terms): number {
  return 1 + terms.columns.length + (terms.cells ?? []).reduce((total, cells) => total + cells.count, 0)
}

/** The sums over all rows. Sums of parts of the rows add up to those of the whole. */
export function sumRows(terms: Terms, weights: Float64Array): Float64Array {
  const sums = new Float64Array(sumCount(terms))
  let at = 0
  let total = 0
  for (let i = 0; i < terms.rows; i++) total += weights[i] as number
  sums[at++] = total
  for (const column of terms.columns) {
    let sum = 0
    for (let i = 0; i < terms.rows; i++) sum += (weights[i] as number) * (column[i] as number)
    sums[at++] = sum
  }
  for (const { code, count, values } of terms.cells ?? []) {
    for (let i = 0; i < terms.rows; i++) {
      const cell = at + (code[i] as number)
      sums[cell] = (sums[cell] as number) + (weights[i] as number) * (values === undefined ? 1 : (values[i] as number))
    }
    at += count
  }
  return sums
}

/** The sums of each unit, from which those of a resample follow without looking at a row again. */
export interface SumTable {
  /** The sums of the units, each so often as its count says. The array is used again by the next call. */
  add(counts: Float64Array): Float64Array
  /** Variance of each sum over resamples of independent units: Σ (unit − mean of the units)². */
  variances(): Float64Array
}

/** Wider tables hold a list of entries for each unit instead of a full row. */
const WIDE = 128

export function tabulate(terms: Terms, units: Units, weights: Float64Array | undefined): SumTable {
  return sumCount(terms) > WIDE ? sparseTable(terms, units, weights) : denseTable(terms, units, weights)
}

function denseTable(terms: Terms, units: Units, weights: Float64Array | undefined): SumTable {
  const width = sumCount(terms)
  const { count, of } = units
  const table = Array.from({ length: width }, () => new Float64Array(count))
  const fill = (column: Float64Array, values: Float64Array | undefined): void => {
    for (let i = 0; i < terms.rows; i++) {
      const unit = of === undefined ? i : (of[i] as number)
      const weight = weights === undefined ? 1 : (weights[i] as number)
      column[unit] = (column[unit] as number) + (values === undefined ? weight : weight * (values[i] as number))
    }
  }
  let at = 0
  fill(table[at++] as Float64Array, undefined)
  for (const column of terms.columns) fill(table[at++] as Float64Array, column)
  for (const { code, count: cells, values } of terms.cells ?? []) {
    for (let i = 0; i < terms.rows; i++) {
      const unit = of === undefined ? i : (of[i] as number)
      const column = table[at + (code[i] as number)] as Float64Array
      const weight = weights === undefined ? 1 : (weights[i] as number)
      column[unit] = (column[unit] as number) + (values === undefined ? weight : weight * (values[i] as number))
    }
    at += cells
  }
  const sums = new Float64Array(width)
  return {
    add(counts) {
      for (let j = 0; j < width; j++) sums[j] = dot(counts, table[j] as Float64Array)
      return sums
    },
    variances: () =>
      Float64Array.from(table, (column) => {
        const mean = column.reduce((sum, value) => sum + value, 0) / count
        return column.reduce((sum, value) => sum + (value - mean) ** 2, 0)
      }),
  }
}

/** Four sums at once: one alone would wait for each addition to finish before the next. */
function dot(a: Float64Array, b: Float64Array): number {
  const n = a.length
  const even = n & ~3
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  for (let i = 0; i < even; i += 4) {
    s0 += (a[i] as number) * (b[i] as number)
    s1 += (a[i + 1] as number) * (b[i + 1] as number)
    s2 += (a[i + 2] as number) * (b[i + 2] as number)
    s3 += (a[i + 3] as number) * (b[i + 3] as number)
  }
  for (let i = even; i < n; i++) s0 += (a[i] as number) * (b[i] as number)
  return s0 + s1 + (s2 + s3)
}

function sparseTable(terms: Terms, units: Units, weights: Float64Array | undefined): SumTable {
  const { count, of } = units
  const cells = terms.cells ?? []
  const perRow = 1 + terms.columns.length + cells.length
  const starts = new Uint32Array(count + 1)
  for (let i = 0; i < terms.rows; i++) {
    const next = (of === undefined ? i : (of[i] as number)) + 1
    starts[next] = (starts[next] as number) + perRow
  }
  for (let unit = 0; unit < count; unit++) starts[unit + 1] = (starts[unit + 1] as number) + (starts[unit] as number)
  const columns = new Uint32Array(terms.rows * perRow)
  const values = new Float64Array(terms.rows * perRow)
  const filled = starts.slice(0, count)
  for (let i = 0; i < terms.rows; i++) {
    const unit = of === undefined ? i : (of[i] as number)
    const weight = weights === undefined ? 1 : (weights[i] as number)
    let place = filled[unit] as number
    values[place++] = weight
    let at = 1
    for (const column of terms.columns) {
      columns[place] = at++
      values[place++] = weight * (column[i] as number)
    }
    for (const part of cells) {
      columns[place] = at + (part.code[i] as number)
      values[place++] = part.values === undefined ? weight : weight * (part.values[i] as number)
      at += part.count
    }
    filled[unit] = place
  }
  const sums = new Float64Array(sumCount(terms))
  return {
    add(counts) {
      sums.fill(0)
      for (let unit = 0; unit < count; unit++) {
        const times = counts[unit] as number
        if (times === 0) continue
        for (let at = starts[unit] as number; at < (starts[unit + 1] as number); at++) {
          const column = columns[at] as number
          sums[column] = (sums[column] as number) + times * (values[at] as number)
        }
      }
      return sums
    },
    variances() {
      const squares = new Float64Array(sums.length)
      const totals = new Float64Array(sums.length)
      const own = new Float64Array(sums.length)
      for (let unit = 0; unit < count; unit++) {
        own.fill(0)
        for (let at = starts[unit] as number; at < (starts[unit + 1] as number); at++) {
          const column = columns[at] as number
          own[column] = (own[column] as number) + (values[at] as number)
        }
        for (let column = 0; column < own.length; column++) {
          totals[column] = (totals[column] as number) + (own[column] as number)
          squares[column] = (squares[column] as number) + (own[column] as number) ** 2
        }
      }
      return squares.map((square, column) => square - (totals[column] as number) ** 2 / count)
    },
  }
}
