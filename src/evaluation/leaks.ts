import type { Task } from '../core/task.ts'
import { formatPercent } from '../core/format.ts'
import { count } from '../core/text.ts'
import { findColumn, type Table } from '../data/table.ts'
import type { QualityFinding } from '../data/types.ts'
import { findTelltales } from './leak-columns.ts'
import { countShared } from './leak-duplicates.ts'
import { findSums } from './leak-sums.ts'

export interface LeakInput {
  readonly table: Table
  readonly label: string
  /** Default: by the kind of the label column. */
  readonly task?: Task | undefined
  readonly trainRows: Uint32Array
  readonly holdoutRows: Uint32Array
  /** When the holdout comes from files of its own: all of its rows, `holdoutRows` is not looked at. */
  readonly holdoutTable?: Table | undefined
  /** The feature columns. */
  readonly columns: readonly string[]
  /** The time column. */
  readonly time?: string | undefined
}

/** Less than this share of the holdout seen in training is what chance gives in tables of few values. */
const DUPLICATE_SHARE = 0.01
/** Columns are judged on at most this many training rows, evenly spaced. */
const MOST_ROWS = 20_000

/**
 * Signs that the model is told what it should predict: a column that all but knows the label, two columns that add up to
 * it, held-out rows that were trained on, training rows younger than held-out ones. Warnings: whether a column is known
 * at the time of the prediction, only the reader can say.
 */
export function findLeaks(input: LeakInput): QualityFinding[] {
  const { table, columns } = input
  const label = findColumn(table, input.label)
  if (label === undefined) return []
  const rows = thin(input.trainRows, MOST_ROWS)
  const features = columns.flatMap((name) => (name === input.label ? [] : (findColumn(table, name) ?? [])))
  const regression = input.task === undefined ? label.kind === 'number' : input.task === 'regression'
  return [
    ...findTelltales(label, features, rows, regression),
    ...(regression && label.kind === 'number' ? findSums(label, features, rows) : []),
    ...duplicates(input),
    ...timeOrder(input),
  ]
}

function duplicates(input: LeakInput): QualityFinding[] {
  const holdout = input.holdoutTable ?? input.table
  const rows = input.holdoutTable ? everyRow(input.holdoutTable) : input.holdoutRows
  const names = [...new Set([...input.columns, input.label])]
  const shared = countShared({ table: input.table, rows: input.trainRows }, { table: holdout, rows }, names)
  if (shared < 2 || shared < DUPLICATE_SHARE * rows.length) return []
  return [
    {
      rule: 'duplicates-across-split',
      column: undefined,
      severity: 'warn',
      sentence: `${count(shared, 'held-out row')} of ${rows.length.toLocaleString('en-US')} (${formatPercent(shared / rows.length)}) are also among the training rows, with the same features and label; the holdout flatters a model that memorises`,
    },
  ]
}

function timeOrder(input: LeakInput): QualityFinding[] {
  const name = input.time
  const before = name === undefined ? undefined : findColumn(input.table, name)
  const after = name === undefined ? undefined : findColumn(input.holdoutTable ?? input.table, name)
  if (before === undefined || after === undefined || before.kind === 'category' || after.kind === 'category') return []
  const rows = input.holdoutTable ? everyRow(input.holdoutTable) : input.holdoutRows
  let newest = -Infinity
  // Comparisons with a missing time are false.
  for (const row of input.trainRows) if ((before.values[row] as number) > newest) newest = before.values[row] as number
  let violations = 0
  for (const row of rows) if ((after.values[row] as number) < newest) violations++
  if (violations === 0) return []
  return [
    {
      rule: 'time-order',
      column: name,
      severity: 'warn',
      sentence: `${count(violations, 'held-out row')} of ${rows.length.toLocaleString('en-US')} (${formatPercent(violations / rows.length)}) are older than the newest training row by ${name}; the model was trained on the future of what it is tested on`,
    },
  ]
}

function everyRow(table: Table): Uint32Array {
  return Uint32Array.from({ length: table.rows }, (_, row) => row)
}

/** At most `most` of the rows, evenly spaced. */
function thin(rows: Uint32Array, most: number): Uint32Array {
  if (rows.length <= most) return rows
  return Uint32Array.from({ length: most }, (_, i) => rows[Math.floor((i * rows.length) / most)] as number)
}
