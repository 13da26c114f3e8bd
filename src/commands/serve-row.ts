import { type Column, findColumn, type Table } from '../data/table.ts'
import { signatureOf } from '../features/signature.ts'
import { parseRequest, toTable } from '../serving/request.ts'
import type { LoadedModel } from '../training/model.ts'
import type { Predictions } from '../training/types.ts'

/**
 * One row the way a client sends it and the gateway reads it: a request of the Open Inference Protocol as JSON text,
 * parsed, held against the signature, scored alone.
 */
export function serveRow(model: LoadedModel, name: string, version: number, table: Table, row: number): Predictions {
  const signature = signatureOf(model.spec)
  const inputs = signature.inputs.map(({ name: column, datatype }) => {
    const source = findColumn(table, column)
    return { name: column, datatype, shape: [1], data: [source === undefined ? null : cellOf(source, row)] }
  })
  const request = parseRequest(JSON.parse(JSON.stringify({ inputs })))
  return model.predict(toTable(request, { model: name, version }, model.spec))
}

function cellOf(column: Column, row: number): string | number | null {
  if (column.kind === 'category') return column.dictionary[column.codes[row] as number] ?? null
  const value = column.values[row] as number
  return Number.isFinite(value) ? value : null
}
