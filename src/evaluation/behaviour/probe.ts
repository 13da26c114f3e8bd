import { cellText, type Column, findColumn, takeRows, type Table } from '../../data/table.ts'
import type { Predictions } from '../../training/types.ts'
import type { BehaviourExample } from './types.ts'

/** A model that is asked about rows it was never given: raw columns in, scores out. */
export type Predict = (table: Table) => Predictions

/** Some held-out rows and what the model says about them. */
export interface Probe {
  /** The rows by themselves. */
  readonly table: Table
  /** Their places in the held-out table. */
  readonly rows: Uint32Array
  readonly predict: Predict
  readonly base: Predictions
  /** What a change is measured in: 1, or the standard deviation of a regression's labels. */
  readonly unit: number
}

/** At most `most` of the rows, evenly spaced. */
export function createProbe(
  predict: Predict,
  table: Table,
  rows: Uint32Array,
  options: { readonly most: number; readonly unit: number },
): Probe {
  const taken = probedPlaces(rows.length, options.most).map((place) => rows[place] as number)
  const own = takeRows(table, taken)
  return { table: own, rows: taken, predict, base: predict(own), unit: options.unit }
}

/** At most `most` places among so many rows, evenly spaced. */
export function probedPlaces(rows: number, most: number): Uint32Array {
  const n = Math.min(most, rows)
  return Uint32Array.from({ length: n }, (_, i) => Math.floor((i * rows) / n))
}

/** The table with one column replaced. */
export function withColumn(table: Table, column: Column): Table {
  return { rows: table.rows, columns: table.columns.map((other) => (other.name === column.name ? column : other)) }
}

/** Largest change of a score in each row, in units; ∞ where the new score is no number. */
export function changes(probe: Probe, after: Predictions): Float64Array {
  const width = probe.base.scores.length / Math.max(1, probe.base.rows)
  const result = new Float64Array(probe.base.rows)
  for (let row = 0; row < result.length; row++) {
    for (let c = 0; c < width; c++) {
      const at = row * width + c
      const change = Math.abs((after.scores[at] as number) - (probe.base.scores[at] as number)) / probe.unit
      if (Number.isNaN(change)) result[row] = Infinity
      else if (change > (result[row] as number)) result[row] = change
    }
  }
  return result
}

/** The score that says most about a row: P(positive), the largest class probability, or the prediction. */
export function decisive({ scores, rows }: Predictions, row: number): number {
  const width = scores.length / Math.max(1, rows)
  let largest = scores[row * width] as number
  for (let c = 1; c < width; c++) largest = Math.max(largest, scores[row * width + c] as number)
  return largest
}

export interface Tried {
  readonly column: string
  readonly before: Table
  readonly after: Table
  readonly predictions: Predictions
}

/** What was seen in one row of the probe. */
export function exampleOf(probe: Probe, tried: Tried, row: number): BehaviourExample {
  const text = (table: Table): string => {
    const column = findColumn(table, tried.column)
    return column === undefined ? '' : cellText(column, row)
  }
  return {
    row: probe.rows[row] as number,
    column: tried.column,
    before: text(tried.before),
    after: text(tried.after),
    predictionBefore: decisive(probe.base, row),
    predictionAfter: decisive(tried.predictions, row),
  }
}

/** Every row with this category, number or time; null is missing. */
export function filled(column: Column, value: string | number | null, rows: number): Column {
  if (column.kind !== 'category') {
    return { ...column, values: new Float64Array(rows).fill(value === null ? Number.NaN : (value as number)) }
  }
  if (value === null) return { ...column, codes: new Int32Array(rows).fill(-1) }
  const known = column.dictionary.indexOf(String(value))
  if (known >= 0) return { ...column, codes: new Int32Array(rows).fill(known) }
  return {
    ...column,
    dictionary: [...column.dictionary, String(value)],
    codes: new Int32Array(rows).fill(column.dictionary.length),
  }
}

/** Values of a column to put in place of each other: the most frequent categories, or the quartiles and ends of a number. */
export function alternatives(column: Column, most: number): readonly (string | number)[] {
  if (column.kind === 'category') {
    const counts = new Map<number, number>()
    for (const code of column.codes) if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1)
    return [...counts]
      .sort((a, b) => b[1] - a[1] || a[0] - b[0])
      .slice(0, most)
      .map(([code]) => column.dictionary[code] as string)
  }
  const sorted = column.values.filter((value) => Number.isFinite(value)).sort()
  if (sorted.length === 0) return []
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] as number
  return [...new Set([0, 0.25, 0.5, 0.75, 1].map(at))]
}
