import type { EvaluateConfig } from '../config/schema.ts'
import { findColumn, type Table } from '../data/table.ts'
import type { Dependence } from './sample.ts'

/**
 * Which of the given rows belong together, from the id and the time column: what `evaluate.resample` says, or both where
 * it is `auto` (several rows of an id come first). Rows without an id are each their own; rows without a time come first.
 */
export function dependenceOf(
  table: Table,
  rows: Uint32Array,
  columns: { readonly id?: string | undefined; readonly time?: string | undefined },
  resample: EvaluateConfig['resample'],
): Dependence {
  const id = resample === 'auto' || resample === 'id' ? columns.id : undefined
  const time = resample === 'auto' || resample === 'time' ? columns.time : undefined
  const clusters = id === undefined ? undefined : clustersOf(table, id, rows)
  const times = time === undefined ? undefined : timesOf(table, time, rows)
  return {
    ...(clusters === undefined ? {} : { clusters }),
    ...(times === undefined ? {} : { times }),
    ...(resample === 'time' ? { always: true } : {}),
  }
}

function clustersOf(table: Table, name: string, rows: Uint32Array): Uint32Array | undefined {
  const column = findColumn(table, name)
  if (column === undefined) return undefined
  const numbers = new Map<number, number>()
  let next = 0
  return rows.map((row) => {
    const value = (column.kind === 'category' ? column.codes[row] : column.values[row]) as number
    if (Number.isNaN(value) || (column.kind === 'category' && value < 0)) return next++
    const known = numbers.get(value)
    if (known !== undefined) return known
    numbers.set(value, next)
    return next++
  })
}

function timesOf(table: Table, name: string, rows: Uint32Array): Float64Array | undefined {
  const column = findColumn(table, name)
  if (column === undefined || column.kind === 'category') return undefined
  return Float64Array.from(rows, (row) => {
    const time = column.values[row] as number
    return Number.isNaN(time) ? -Infinity : time
  })
}
