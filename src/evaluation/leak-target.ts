import type { Task } from '../core/task.ts'
import type { Column } from '../data/table.ts'

/** What a column is held against: the label at each of the rows that are looked at. */
export type LeakTarget =
  /** 1 and 0. */
  | { readonly kind: 'binary'; readonly values: Float64Array }
  /** Classes by frequency: 0 is the most frequent one. */
  | { readonly kind: 'classes'; readonly codes: Int32Array; readonly classes: number }
  | { readonly kind: 'number'; readonly values: Float64Array }

/** Fewer rows than this (of classes: of the second largest one), and a perfect score is chance. */
export const FEWEST_ROWS = 10

/** The rows with a label, and their labels; or why there is nothing to look at. */
export function leakTarget(
  label: Column,
  task: Task,
  rows: Uint32Array,
): { readonly target: LeakTarget; readonly rows: Uint32Array } | { readonly why: string } {
  const at = (row: number): number => {
    if (label.kind !== 'category') return label.values[row] as number
    const code = label.codes[row] as number
    return code < 0 ? Number.NaN : code
  }
  const labelled = rows.filter((row) => !Number.isNaN(at(row)))
  if (task === 'regression') {
    if (labelled.length < 2 * FEWEST_ROWS) return { why: `there are only ${labelled.length} labelled training rows` }
    return { target: { kind: 'number', values: Float64Array.from(labelled, at) }, rows: labelled }
  }
  const sizes = new Map<number, number>()
  for (const row of labelled) sizes.set(at(row), (sizes.get(at(row)) ?? 0) + 1)
  const classes = [...sizes].sort((a, b) => b[1] - a[1] || a[0] - b[0])
  const second = classes[1]?.[1] ?? 0
  if (second < FEWEST_ROWS) return { why: `beside the most frequent class no other has ${FEWEST_ROWS} training rows` }
  const places = new Map(classes.map(([value], place) => [value, place]))
  const codes = Int32Array.from(labelled, (row) => places.get(at(row)) as number)
  return {
    target:
      classes.length === 2
        ? { kind: 'binary', values: Float64Array.from(codes) }
        : { kind: 'classes', codes, classes: classes.length },
    rows: labelled,
  }
}
