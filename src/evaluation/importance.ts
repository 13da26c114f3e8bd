import { permutation, type Random } from '../core/random.ts'
import { takeRows, type Column, type Table } from '../data/table.ts'
import type { Labels, Predictions } from '../training/types.ts'
import { findMetric } from './metrics.ts'
import type { MetricOptions } from './sample.ts'
import { scoreMetric } from './score.ts'

/** Rows that importances are measured on; fewer than so many would tell nothing. */
const MAX_ROWS = 2000
const MIN_ROWS = 100
/** Cells of feature matrices that may be computed in all: about a second. */
const MAX_CELLS = 3e8

export interface ImportanceInput {
  readonly metric: string
  readonly table: Table
  /** Labelled rows that the model was not trained on. */
  readonly rows: ArrayLike<number>
  readonly labels: Labels
  readonly columns: readonly string[]
  /** Columns of the model’s feature matrix. */
  readonly width: number
  readonly options?: MetricOptions | undefined
  /** Of all rows of the table. */
  predict(table: Table): Predictions
  readonly random: Random
}

/**
 * Permutation importance: how much worse the metric becomes when one column’s values are shuffled among the rows, positive
 * where the model needs the column (Breiman 2001). Not of what the column would be worth to another model: of two columns
 * that say the same each can look unimportant. Empty where the metric is undefined on the rows, there are fewer than two, or
 * the table is so wide that it would take more than about a second.
 */
export function permutationImportance(input: ImportanceInput): ReadonlyMap<string, number> {
  const { metric, table, labels, columns, width, options, predict, random } = input
  const affordable = Math.floor(MAX_CELLS / Math.max(1, columns.length * width))
  const n = affordable < MIN_ROWS ? 0 : Math.min(MAX_ROWS, affordable, input.rows.length)
  const importance = new Map<string, number>()
  if (n < 2) return importance
  const drawn = permutation(input.rows.length, random).subarray(0, n)
  const small = takeRows(
    table,
    Uint32Array.from(drawn, (i) => input.rows[i] as number),
  )
  const truth: Labels = { ...labels, values: Float64Array.from(drawn, (i) => labels.values[i] as number) }
  const sign = findMetric(labels.task, metric)?.direction === 'lower' ? -1 : 1
  const score = (shown: Table): number | null => scoreMetric(metric, truth, predict(shown), options).value
  const whole = score(small)
  if (whole === null || !Number.isFinite(whole)) return importance
  for (const name of columns) {
    const order = permutation(n, random)
    const shown = small.columns.map((column) => (column.name === name ? shuffled(column, order) : column))
    const without = score({ ...small, columns: shown })
    if (without !== null && Number.isFinite(without))
      importance.set(name, Number((sign * (whole - without)).toPrecision(4)))
  }
  return importance
}

const shuffled = (column: Column, order: Uint32Array): Column =>
  takeRows({ rows: order.length, columns: [column] }, order).columns[0] as Column
