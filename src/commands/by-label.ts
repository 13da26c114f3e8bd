import { findColumn, isMissing, type Table } from '../data/table.ts'

/** The given rows (default: all) by whether their label is there. */
export function byLabel(
  table: Table,
  rows: Uint32Array | undefined,
  label: string,
): { readonly labelled: Uint32Array; readonly waiting: Uint32Array } {
  const column = findColumn(table, label)
  const end = rows?.length ?? table.rows
  const labelled = new Uint32Array(column === undefined ? 0 : end)
  const waiting: number[] = []
  let n = 0
  for (let i = 0; i < end; i++) {
    const row = rows === undefined ? i : (rows[i] as number)
    if (column === undefined || isMissing(column, row)) waiting.push(row)
    else labelled[n++] = row
  }
  return { labelled: labelled.subarray(0, n), waiting: Uint32Array.from(waiting) }
}
