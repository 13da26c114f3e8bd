import { takeRows, type Column, type Table } from '../data/table.ts'

/** Keeps the last `limit` rows of a stream of batches (whose dictionaries grow together) in bounded memory. */
export function createTail(limit: number): {
  add(table: Table, rows: ArrayLike<number>): void
  table(): Table | undefined
  readonly total: number
} {
  let parts: Table[] = []
  let held = 0
  let total = 0
  return {
    get total() {
      return total
    },
    add(table, rows) {
      if (rows.length === 0) return
      const last = rows.length > limit ? Array.prototype.slice.call(rows, rows.length - limit) : rows
      parts.push(takeRows(table, last))
      held += last.length
      total += rows.length
      while (parts.length > 1 && held - (parts[0] as Table).rows >= limit) held -= (parts.shift() as Table).rows
    },
    table() {
      if (parts.length === 0) return undefined
      const whole = concatenate(parts)
      parts = [whole]
      const from = Math.max(0, whole.rows - limit)
      return from === 0
        ? whole
        : takeRows(
            whole,
            Uint32Array.from({ length: whole.rows - from }, (_, i) => from + i),
          )
    },
  }
}

/** Tables with the same columns, one after the other. The last part's dictionaries hold all of the earlier ones'. */
export function concatenate(parts: readonly Table[]): Table {
  const last = parts.at(-1) as Table
  if (parts.length === 1) return last
  const rows = parts.reduce((sum, part) => sum + part.rows, 0)
  const columns = last.columns.map((column, index): Column => {
    if (column.kind === 'category') {
      const codes = new Int32Array(rows)
      let at = 0
      for (const part of parts) {
        const source = part.columns[index] as typeof column
        codes.set(source.codes, at)
        at += part.rows
      }
      return { ...column, codes }
    }
    const values = new Float64Array(rows)
    let at = 0
    for (const part of parts) {
      const source = part.columns[index] as typeof column
      values.set(source.values, at)
      at += part.rows
    }
    return column.kind === 'number'
      ? { ...column, values, integer: parts.every((part) => (part.columns[index] as typeof column).integer) }
      : { ...column, values }
  })
  return { rows, columns }
}
