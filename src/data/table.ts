/**
 * A table in memory: named columns of typed arrays, all of the same length. Nothing in Refit builds an array of row
 * objects. A missing number or time is NaN, a missing category is code −1.
 */
export type Column = NumberColumn | CategoryColumn | TimeColumn
export type ColumnKind = Column['kind']

export interface NumberColumn {
  readonly kind: 'number'
  readonly name: string
  /** NaN where missing. */
  readonly values: Float64Array
  /** Whether every present value is an integer. */
  readonly integer: boolean
}

export interface CategoryColumn {
  readonly kind: 'category'
  readonly name: string
  /** Index into `dictionary`, −1 where missing. Booleans are categories `false` and `true`. */
  readonly codes: Int32Array
  readonly dictionary: readonly string[]
}

export interface TimeColumn {
  readonly kind: 'time'
  readonly name: string
  /** Milliseconds since the epoch, UTC; NaN where missing. */
  readonly values: Float64Array
}

export interface Table {
  readonly rows: number
  readonly columns: readonly Column[]
}

/** Fewer columns are looked through faster than they are indexed. */
const FEW_COLUMNS = 16
const indexes = new WeakMap<readonly Column[], ReadonlyMap<string, Column>>()

export function findColumn(table: Table, name: string): Column | undefined {
  const { columns } = table
  if (columns.length <= FEW_COLUMNS) return columns.find((column) => column.name === name)
  let index = indexes.get(columns)
  if (index === undefined) {
    // The first of two that share a name, as a search would find it.
    index = new Map(columns.toReversed().map((column) => [column.name, column]))
    indexes.set(columns, index)
  }
  return index.get(name)
}

export function isMissing(column: Column, row: number): boolean {
  return column.kind === 'category' ? (column.codes[row] ?? -1) < 0 : Number.isNaN(column.values[row])
}

export function missingCount(column: Column): number {
  let missing = 0
  if (column.kind === 'category') {
    for (const code of column.codes) if (code < 0) missing++
  } else {
    for (const value of column.values) if (value !== value) missing++
  }
  return missing
}

/** The cell as the text a person would write; '' where missing. */
export function cellText(column: Column, row: number): string {
  if (isMissing(column, row)) return ''
  if (column.kind === 'category') return column.dictionary[column.codes[row] as number] as string
  const value = column.values[row] as number
  return column.kind === 'time' ? new Date(value).toISOString() : String(value)
}

/** The given rows, in the given order. Dictionaries are shared, not rebuilt. */
export function takeRows(table: Table, rows: ArrayLike<number>): Table {
  const n = rows.length
  return {
    rows: n,
    columns: table.columns.map((column): Column => {
      if (column.kind === 'category') {
        const codes = new Int32Array(n)
        for (let i = 0; i < n; i++) codes[i] = column.codes[rows[i] as number] as number
        return { ...column, codes }
      }
      const values = new Float64Array(n)
      for (let i = 0; i < n; i++) values[i] = column.values[rows[i] as number] as number
      return { ...column, values }
    }),
  }
}
