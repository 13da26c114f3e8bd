import type { Column, Table } from '../../src/data/table.ts'

type Cells = readonly (number | string | Date | null | undefined)[]

/** A table as a reader makes it: numbers, texts or dates by the first present cell of each column. */
export function tableOf(columns: Readonly<Record<string, Cells>>): Table {
  const built = Object.entries(columns).map(([name, cells]) => columnOf(name, cells))
  return { rows: Object.values(columns)[0]?.length ?? 0, columns: built }
}

function columnOf(name: string, cells: Cells): Column {
  const first = cells.find((cell) => cell !== null && cell !== undefined)
  if (typeof first === 'string') {
    const dictionary = [...new Set(cells.filter((cell) => typeof cell === 'string'))]
    return {
      kind: 'category',
      name,
      codes: Int32Array.from(cells, (cell) => dictionary.indexOf(cell as string)),
      dictionary,
    }
  }
  const values = Float64Array.from(cells, (cell) => (cell === null || cell === undefined ? Number.NaN : Number(cell)))
  if (first instanceof Date) return { kind: 'time', name, values }
  return {
    kind: 'number',
    name,
    values,
    integer: values.every((value) => Number.isNaN(value) || Number.isInteger(value)),
  }
}

export function rowsOf(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, row) => row)
}

export function repeat<T>(times: number, ...values: T[]): T[] {
  return Array.from({ length: times }, () => values).flat()
}
