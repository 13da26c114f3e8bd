import type { Column, Table } from '../../src/data/table.ts'

type Cells = readonly (string | number | null)[]

/** A table from plain cells: numbers, or texts as categories. A name that ends in `@` becomes a time column. */
export function tableOf(columns: Readonly<Record<string, Cells>>): Table {
  const rows = Object.values(columns)[0]?.length ?? 0
  return { rows, columns: Object.entries(columns).map(([name, cells]) => columnFrom(name, cells)) }
}

function columnFrom(name: string, cells: Cells): Column {
  if (cells.some((cell) => typeof cell === 'string')) {
    const dictionary: string[] = []
    const codes = Int32Array.from(cells, (cell) => {
      if (cell === null) return -1
      const found = dictionary.indexOf(String(cell))
      return found >= 0 ? found : dictionary.push(String(cell)) - 1
    })
    return { kind: 'category', name, codes, dictionary }
  }
  const values = Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell)))
  if (name.endsWith('@')) return { kind: 'time', name, values }
  return { kind: 'number', name, values, integer: cells.every((cell) => cell === null || Number.isInteger(cell)) }
}
