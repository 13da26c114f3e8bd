import { RefitError } from '../core/error.ts'
import { memberOf } from '../core/json.ts'
import { count } from '../core/text.ts'
import type { Task } from '../core/task.ts'
import type { Table } from '../data/table.ts'
import { columnsByName, numberReader, textReader } from './cells.ts'
import { textIndex, toNumber } from './text-index.ts'
import type { FeatureSpec, LabelSpec } from './types.ts'

/** What people call the class they are looking for. */
const POSITIVE = new Set(['true', '1', 'yes', 'y', 't', 'positive', 'pos', 'on'])
/** A softmax over more is a mistake in the task, not a model. */
const MAX_CLASSES = 1000
const MAX_EXAMPLES = 5

export interface FitLabelOptions {
  readonly column: string
  readonly task: Task
  /** The positive class of a binary label. Default: true, 1, yes, … or the rarer class. */
  readonly positive?: string | undefined
}

/**
 * Class names or scale of the label, from the given training rows. Rows without a label say nothing.
 * @throws RefitError `data` where the label does not fit the task.
 */
export function fitLabel(table: Table, rows: ArrayLike<number>, options: FitLabelOptions): LabelSpec {
  const { column, task } = options
  if (task === 'regression') return { column, classes: [], ...scaleOf(table, rows, column) }
  const counts = classCounts(table, rows, column)
  if (counts.size < 2) {
    const only = [...counts.keys()][0]
    const what = only === undefined ? 'no value' : `only the class ${JSON.stringify(only)}`
    throw new RefitError('data', `the label ${JSON.stringify(column)} has ${what} in the training rows`, {
      hint: 'A classifier needs rows of at least two classes; check data.label, data.source and train.window.',
    })
  }
  const classes = task === 'binary' ? binaryClasses(counts, options) : multipleClasses(counts, column)
  return { column, classes, mean: 0, sd: 1 }
}

export interface EncodedLabels {
  /** Those of the given rows that have a usable label, in the given order. */
  readonly rows: Uint32Array
  /** Beside `rows`: class codes, or values in the label's own unit. */
  readonly values: Float64Array
  /** Rows left out because the label is missing (regression: or is no number). */
  readonly unlabelled: number
  /** Rows left out because their class was not there in training, with some of those classes. */
  readonly unseen: { readonly rows: number; readonly examples: readonly string[] }
}

/** The labels of the given rows (default: all) as the model knows them. */
export function encodeLabels(
  { label, reading }: Pick<FeatureSpec, 'label' | 'reading'>,
  table: Table,
  rows: ArrayLike<number> = Uint32Array.from({ length: table.rows }, (_, row) => row),
): EncodedLabels {
  const column = columnsByName(table)(label.column)
  const unseenClasses = new Set<string>()
  const find = textIndex(label.classes)
  const findClass = (text: string): number => {
    const code = find(text)
    if (code === undefined && unseenClasses.size < MAX_EXAMPLES) unseenClasses.add(text)
    return code ?? -1
  }
  const regression = label.classes.length === 0
  const read = regression
    ? numberReader(column, memberOf(reading?.styles, label.column))
    : textReader(column, findClass, Number.NaN)
  const kept = new Uint32Array(rows.length)
  const values = new Float64Array(rows.length)
  let n = 0
  let unseen = 0
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    const value = read(row)
    if (!Number.isFinite(value)) continue
    if (!regression && value < 0) {
      unseen++
      continue
    }
    kept[n] = row
    values[n++] = value
  }
  return {
    rows: kept.slice(0, n),
    values: values.slice(0, n),
    unlabelled: rows.length - n - unseen,
    unseen: { rows: unseen, examples: [...unseenClasses] },
  }
}

function classCounts(table: Table, rows: ArrayLike<number>, name: string): Map<string, number> {
  const read = textReader<string | undefined>(columnsByName(table)(name), (text) => text, undefined)
  const counts = new Map<string, number>()
  for (let i = 0; i < rows.length; i++) {
    const text = read(rows[i] as number)
    if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return counts
}

/** Negative class first. */
function binaryClasses(counts: ReadonlyMap<string, number>, options: FitLabelOptions): readonly string[] {
  const names = [...counts.keys()].sort(byValue)
  const label = JSON.stringify(options.column)
  if (names.length > 2) {
    const some = names.slice(0, MAX_EXAMPLES).map((name) => JSON.stringify(name))
    throw new RefitError(
      'data',
      `the label ${label} has ${names.length} classes (${some.join(', ')}${names.length > MAX_EXAMPLES ? ', …' : ''}), and the task is binary`,
      {
        hint: 'Set task: multiclass or task: regression.',
      },
    )
  }
  const [a, b] = names as [string, string]
  if (options.positive !== undefined) {
    const index = textIndex(names)(options.positive)
    if (index !== undefined) return index === 0 ? [b, a] : [a, b]
    throw new RefitError(
      'data',
      `the positive class ${JSON.stringify(options.positive)} is none of the classes of ${label}: ${JSON.stringify(a)}, ${JSON.stringify(b)}`,
      {
        hint: 'Correct data.positive.',
      },
    )
  }
  const named = names.filter((name) => POSITIVE.has(name.trim().toLowerCase()))
  const positive = named.length === 1 ? named[0] : (counts.get(a) ?? 0) < (counts.get(b) ?? 0) ? a : b
  return positive === a ? [b, a] : [a, b]
}

function multipleClasses(counts: ReadonlyMap<string, number>, column: string): readonly string[] {
  if (counts.size > MAX_CLASSES) {
    throw new RefitError('data', `the label ${JSON.stringify(column)} has ${count(counts.size, 'class', 'classes')}`, {
      hint: `At most ${MAX_CLASSES} are supported; is the task regression?`,
    })
  }
  return [...counts.keys()].sort(byValue)
}

/** Numbers by value, before texts by code unit. */
function byValue(a: string, b: string): number {
  const [x, y] = [toNumber(a), toNumber(b)]
  if (x !== y && !Number.isNaN(x) && !Number.isNaN(y)) return x - y
  if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1
  return a < b ? -1 : a > b ? 1 : 0
}

function scaleOf(table: Table, rows: ArrayLike<number>, name: string): { mean: number; sd: number } {
  const read = numberReader(columnsByName(table)(name))
  const values = Float64Array.from(rows, read).filter(Number.isFinite)
  let mean = 0
  for (const value of values) mean += value
  mean /= Math.max(1, values.length)
  let variance = 0
  for (const value of values) variance += (value - mean) ** 2
  variance /= Math.max(1, values.length)
  if (variance > 0 && Number.isFinite(variance)) return { mean, sd: Math.sqrt(variance) }
  const what = values.length === 0 ? 'no number' : variance > 0 ? 'numbers too large to compute with' : 'one value only'
  throw new RefitError('data', `the label ${JSON.stringify(name)} has ${what} in the training rows`, {
    hint: 'A regression needs a numeric label that varies; check data.label and data.source.',
  })
}
