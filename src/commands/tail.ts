import { takeRows, type CategoryColumn, type Column, type Table } from '../data/table.ts'

/** Dictionaries up to this length may be shared by tables that hold few of their texts. */
const FEW_TEXTS = 4096

/** Keeps the last `limit` rows of a stream of batches in bounded memory. */
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
      parts.push(ownTexts(takeRows(table, last)))
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

/** Tables with the same columns, one after the other. */
export function concatenate(parts: readonly Table[]): Table {
  const last = parts.at(-1) as Table
  if (parts.length === 1) return last
  const rows = parts.reduce((sum, part) => sum + part.rows, 0)
  const columns = last.columns.map((column, index): Column => {
    if (column.kind === 'category') {
      return joinCategories(parts.map((part) => part.columns[index] as typeof column))
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

/** Codes of parts with the dictionary of the last one stay; those of the others are looked up in it, and it grows. */
function joinCategories(parts: readonly CategoryColumn[]): CategoryColumn {
  const last = parts.at(-1) as CategoryColumn
  const codes = new Int32Array(parts.reduce((sum, part) => sum + part.codes.length, 0))
  const strangers = parts.some((part) => part.dictionary !== last.dictionary)
  const dictionary = strangers ? [...last.dictionary] : last.dictionary
  const known = new Map(strangers ? last.dictionary.map((text, code) => [text, code] as const) : [])
  const codeOf = (text: string): number => {
    const code = known.get(text) ?? known.size
    if (code === known.size) {
      known.set(text, code)
      ;(dictionary as string[]).push(text)
    }
    return code
  }
  let at = 0
  for (const part of parts) {
    if (part.dictionary === last.dictionary) codes.set(part.codes, at)
    else {
      part.codes.forEach((code, i) => {
        codes[at + i] = code < 0 ? code : codeOf(part.dictionary[code] as string)
      })
    }
    at += part.codes.length
  }
  return { ...last, dictionary, codes }
}

/** Few rows must not keep many texts alive: dictionaries that are much longer than the table are cut to its texts. */
export function ownTexts(table: Table): Table {
  const long = Math.max(FEW_TEXTS, 4 * table.rows)
  if (!table.columns.some((column) => column.kind === 'category' && column.dictionary.length > long)) return table
  const columns = table.columns.map((column): Column => {
    if (column.kind !== 'category' || column.dictionary.length <= long) return column
    return joinCategories([column, { ...column, codes: new Int32Array(0), dictionary: [] }])
  })
  return { rows: table.rows, columns }
}
