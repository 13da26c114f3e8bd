import { RefitError } from '../core/error.ts'
import { numberOfText, type NumberStyle } from '../data/readers/number-text.ts'
import { timeOfText } from '../data/readers/time-text.ts'
import type { CategoryColumn, Column, Table } from '../data/table.ts'
import { cellText } from '../data/table.ts'

/**
 * A column as an input wants it, whatever type a reader inferred for it in the file at hand: the same column can come as
 * numbers from one file and as text from another.
 */

/** The table's columns by name. */
export function columnsByName(table: Table): (name: string) => Column {
  const byName = new Map(table.columns.map((column) => [column.name, column]))
  return (name) => {
    const column = byName.get(name)
    if (column !== undefined) return column
    throw new RefitError('data', `the column ${JSON.stringify(name)} is missing, and the model needs it`, {
      hint: 'Restore the column in the data, or retrain without it (list it under data.ignore).',
    })
  }
}

/** Row → number, NaN where missing. Text is read as a number where it spells one in the column's style. */
export function numberReader(column: Column, style?: NumberStyle): (row: number) => number {
  if (column.kind === 'number') return (row) => column.values[row] as number
  if (column.kind === 'category') return dictionaryReader(column, (text) => numberOfText(text, style))
  throw new RefitError('data', `the column ${JSON.stringify(column.name)} holds times, and the model takes numbers`, {
    hint: 'Write the column as numbers again, or retrain the model.',
  })
}

/** Row → epoch milliseconds, NaN where missing. Numbers count as epoch milliseconds. */
export function timeReader(column: Column): (row: number) => number {
  if (column.kind !== 'category') return (row) => column.values[row] as number
  return dictionaryReader(column, timeOfText)
}

function dictionaryReader(column: CategoryColumn, parse: (text: string) => number): (row: number) => number {
  const parsed: number[] = []
  return (row) => {
    const code = column.codes[row] ?? -1
    if (code < 0) return Number.NaN
    return (parsed[code] ??= parse(column.dictionary[code] as string))
  }
}

/** Row → the result of `find` for the cell's text, `missing` where it is missing. Each text is looked up once. */
export function textReader<T>(column: Column, find: (text: string) => T, missing: T): (row: number) => T {
  if (column.kind === 'category') {
    const found: T[] = []
    return (row) => {
      const code = column.codes[row] ?? -1
      if (code < 0) return missing
      return (found[code] ??= find(column.dictionary[code] as string))
    }
  }
  const found = new Map<number, T>()
  return (row) => {
    const value = column.values[row] as number
    if (Number.isNaN(value)) return missing
    let result = found.get(value)
    if (result === undefined) {
      result = find(cellText(column, row))
      found.set(value, result)
    }
    return result
  }
}
