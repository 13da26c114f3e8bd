import type { SumTable } from './sum-table.ts'
import { eachPart, entriesPerRow, type LongTerms, sumCount, type Terms } from './sums.ts'
import type { Units } from './units.ts'

/** The sums of units that have few entries each: what there is of each row, unit by unit. */
export function sparseTable(terms: Terms | LongTerms, units: Units, weights: Float64Array | undefined): SumTable {
  const { count, of } = units
  const perRow = entriesPerRow(terms)
  const starts = new Uint32Array(count + 1)
  for (let i = 0; i < terms.rows; i++) {
    const next = (of === undefined ? i : (of[i] as number)) + 1
    starts[next] = (starts[next] as number) + perRow
  }
  for (let unit = 0; unit < count; unit++) starts[unit + 1] = (starts[unit + 1] as number) + (starts[unit] as number)
  const columns = new Uint32Array(terms.rows * perRow)
  const values = new Float64Array(terms.rows * perRow)
  const filled = starts.slice(0, count)
  eachPart(terms, (part, from) => {
    for (let i = 0; i < part.rows; i++) {
      const unit = of === undefined ? from + i : (of[from + i] as number)
      const weight = weights === undefined ? 1 : (weights[from + i] as number)
      let place = filled[unit] as number
      values[place++] = weight
      let at = 1
      for (const column of part.columns) {
        columns[place] = at++
        values[place++] = weight * (column[i] as number)
      }
      for (const cells of part.cells ?? []) {
        columns[place] = at + (cells.code[i] as number)
        values[place++] = cells.values === undefined ? weight : weight * (cells.values[i] as number)
        at += cells.count
      }
      filled[unit] = place
    }
  })
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
