import { RefitError } from '../core/error.ts'
import type { Task } from '../core/task.ts'
import type { Column, Table } from '../data/table.ts'
import { columnsByName, numberReader, textReader, timeReader } from './cells.ts'
import { fitNumber } from './fit-number.ts'
import { binsFor } from './knots.ts'
import { outputNames } from './outputs.ts'
import type { CategoryInput, FeatureSpec, InputSpec, LabelSpec, TimeInput } from './types.ts'

/** A category (or "missing") in fewer training rows than this, or than 1 % of few rows, gets no column of its own. */
const MIN_ROWS = 10
/** Rare categories that are listed by name; the others are treated as unseen, which is the same. */
const MAX_RARE_LISTED = 200
const DAY = 86_400_000

export interface FitFeaturesOptions {
  readonly task: Task
  readonly label: LabelSpec
  /** The columns to learn from, in the order of the matrix. */
  readonly columns: readonly string[]
  /** At most this many categories of a column get a column of their own. */
  readonly maxCategories: number
}

/**
 * Learns the preprocessing from the given training rows, and only from them. Columns that say nothing there (constant,
 * empty, every value rare) are left out, so that neither the model nor its clients depend on them.
 * @throws RefitError `data` where a column does not exist or no usable one is left.
 */
export function fitFeatures(table: Table, rows: ArrayLike<number>, options: FitFeaturesOptions): FeatureSpec {
  const columnOf = columnsByName(table)
  const minRows = Math.max(2, Math.min(MIN_ROWS, Math.ceil(rows.length / 100)))
  const columns = options.columns.map(columnOf)
  const bins = binsFor(columns.filter(({ kind }) => kind === 'number').length)
  const inputs = columns.flatMap((column): InputSpec[] => {
    const input = fitColumn(column, rows, { minRows, bins, maxCategories: options.maxCategories })
    return input === undefined ? [] : [input]
  })
  if (inputs.length === 0) {
    throw new RefitError('data', `none of the ${options.columns.length} feature columns varies in the training rows`, {
      hint: 'Check data.source, data.ignore and the training window.',
    })
  }
  return { schemaVersion: 1, task: options.task, label: options.label, inputs, outputs: outputNames(inputs) }
}

interface Limits {
  readonly minRows: number
  readonly bins: number
  readonly maxCategories: number
}

function fitColumn(column: Column, rows: ArrayLike<number>, limits: Limits): InputSpec | undefined {
  if (column.kind === 'category') return fitCategory(column, rows, limits)
  if (column.kind === 'time') return fitTime(column, rows)
  const present = presentValues(numberReader(column), rows)
  return fitNumber(column.name, present, rows.length - present.length, limits.minRows, limits.bins)
}

function presentValues(read: (row: number) => number, rows: ArrayLike<number>): Float64Array {
  const values = new Float64Array(rows.length)
  let n = 0
  for (let i = 0; i < rows.length; i++) {
    const value = read(rows[i] as number)
    if (Number.isFinite(value)) values[n++] = value
  }
  return values.subarray(0, n)
}

function fitCategory(
  column: Column,
  rows: ArrayLike<number>,
  { minRows, maxCategories }: Limits,
): CategoryInput | undefined {
  const counts = new Map<string, number>()
  const read = textReader<string | undefined>(column, (text) => text, undefined)
  let missing = 0
  for (let i = 0; i < rows.length; i++) {
    const text = read(rows[i] as number)
    if (text === undefined) missing++
    else counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  // Equal counts in the order of their names: the same rows give the same file.
  const ranked = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  const kept = ranked.slice(0, maxCategories).filter(([, count]) => count >= minRows)
  const categories = kept.map(([text]) => text)
  const pooled = ranked.slice(categories.length)
  const missingIndicator = missing >= minRows && missing < rows.length
  const groups = categories.length + (pooled.length > 0 ? 1 : 0) + (missingIndicator ? 1 : 0)
  if (groups < 2) return undefined
  const rare = pooled.slice(0, MAX_RARE_LISTED).map(([text]) => text)
  return { kind: 'category', column: column.name, categories, rare, missingIndicator }
}

/**
 * Only cycles that the training rows have seen in full can be learned: hours where times are not all midnight, weekdays
 * from two weeks, months from one year.
 */
function fitTime(column: Column, rows: ArrayLike<number>): TimeInput | undefined {
  const present = presentValues(timeReader(column), rows)
  let first = Infinity
  let last = -Infinity
  let midnight = true
  for (const value of present) {
    first = Math.min(first, value)
    last = Math.max(last, value)
    midnight &&= value % DAY === 0
  }
  const parts: TimeInput['parts'] = [
    ...(midnight ? [] : (['hour'] as const)),
    ...(last - first >= 14 * DAY ? (['weekday'] as const) : []),
    ...(last - first >= 365 * DAY ? (['month'] as const) : []),
  ]
  return parts.length === 0 ? undefined : { kind: 'time', column: column.name, parts }
}
