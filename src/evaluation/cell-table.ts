/** Rows sorted into cells, with numbers to be summed up in each: all that a statistic of groups needs to know of them. */
export interface CellTable {
  readonly cells: number
  /** The cell of each row. */
  readonly code: Uint32Array
  /** Sums of cell c and column k are at c · width + k; steps are as many columns as there are of them. */
  readonly columns: readonly (Float64Array | Steps)[]
}

/** Columns each of which holds what the one before it does, and more: weights of the rows at or below rising thresholds. */
export interface Steps {
  readonly count: number
  /** The first of them that a row counts in; `count` where it counts in none. */
  readonly first: Uint8Array
  /** Default: all 1. */
  readonly weights: Float64Array | undefined
}

export const isSteps = (column: Float64Array | Steps): column is Steps => 'first' in column

export function widthOf({ columns }: CellTable): number {
  return columns.reduce((sum, column) => sum + (isSteps(column) ? column.count : 1), 0)
}

/** Of all rows. */
export function cellSums(table: CellTable): Float64Array {
  const width = widthOf(table)
  const { cells, code } = table
  const sums = new Float64Array(cells * width)
  let k = 0
  for (const column of table.columns) {
    if (!isSteps(column)) {
      for (let i = 0; i < code.length; i++) {
        const at = (code[i] as number) * width + k
        sums[at] = (sums[at] as number) + (column[i] as number)
      }
      k++
      continue
    }
    const { count, first, weights } = column
    for (let i = 0; i < code.length; i++) {
      if (first[i] === count) continue
      const at = (code[i] as number) * width + k + (first[i] as number)
      sums[at] = (sums[at] as number) + (weights === undefined ? 1 : (weights[i] as number))
    }
    for (let cell = 0; cell < cells; cell++) climb(sums, cell * width + k, count)
    k += count
  }
  return sums
}

/** Of what each step adds, what it holds. */
export function climb(sums: Float64Array, from: number, count: number): void {
  for (let at = from + 1; at < from + count; at++) sums[at] = (sums[at] as number) + (sums[at - 1] as number)
}

/** What the columns hold of one row. */
export function readRow({ columns }: CellTable, row: number, out: Float64Array): void {
  let k = 0
  for (const column of columns) {
    if (!isSteps(column)) {
      out[k++] = column[row] as number
      continue
    }
    const weight = column.weights === undefined ? 1 : (column.weights[row] as number)
    for (let step = 0; step < column.count; step++) out[k++] = step < (column.first[row] as number) ? 0 : weight
  }
}
