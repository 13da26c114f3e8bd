import { RefitError } from '../core/error.ts'
import { findColumn, type Table } from '../data/table.ts'

/** Sample weights beside the given rows; undefined where the configuration names no weight column. */
export function weightsOf(table: Table, name: string | undefined, rows: Uint32Array): Float64Array | undefined {
  if (name === undefined) return undefined
  const column = findColumn(table, name)
  if (column?.kind !== 'number') {
    throw new RefitError(
      'data',
      `the weight column “${name}” ${column === undefined ? 'is not in the data' : 'holds no numbers'}`,
      { hint: 'Mend data.weight in the configuration.' },
    )
  }
  const weights = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) {
    const weight = column.values[rows[i] as number] as number
    if (!(weight >= 0 && weight < Infinity))
      throw new RefitError('data', `the weight column “${name}” holds ${weight} in row ${(rows[i] as number) + 1}`, {
        hint: 'Weights are numbers from 0 up, and none may be missing.',
      })
    weights[i] = weight
  }
  return weights
}
