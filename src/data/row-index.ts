import type { NumberColumn } from './table.ts'

/** What is known of the rows of a read beside the column itself. */
export interface RowFacts {
  /** Rows that the files have; a column may hold fewer, where rows were left out. */
  readonly rows: number
  readonly files: number
  /** Whether it is the first column: there an index stands as a rule. */
  readonly first: boolean
}

/** Below this, an order is a coincidence. */
const MIN_ROWS = 100
const MIN_ROWS_NAMED = 20
/** Rows between two starts of a counter, as a rule: fewer are the hours of a day, or places in a race. */
const MEAN_RUN = 100
const MEAN_RUN_FIRST = 20
/** In gaps between the rows that are left: one so long comes by chance once in e¹⁰ starts. */
const LATE_START = 10
/** Rows that could not be read, or were put in by hand. */
const SLACK = 1.02

/** What pandas, R and spreadsheets call the index that they write as a column: nothing else is called so. */
const INDEX_NAME =
  /^(?:unnamed: ?\d+(?:\.\d+)*|__index_level_\d+__|index|idx|row[_ .-]?(?:id|no|nr|num|number|index|names?)|rownum)$/i
/** What they also call it; a column in the order of its values bears the name out. */
const MAYBE_INDEX_NAME = /^(?:column_1|x(?:\.\d+)?|v1|\.\.\.\d+|level_\d+|rows?|#|no\.?|nr\.?|lfd\.?_?nr\.?|rn)$/i
/** Counts that start again and say something. */
const MEANINGFUL =
  /(?:^|[_\-. ])(?:hour|minute|second|day|doy|dow|week|month|quarter|year|date|time|step|tick|period|lag|age|rank|position|pos|place|lap|round|level)s?(?:$|[_\-. ])/i

/**
 * Whether a column numbers the rows: consecutive whole numbers, once for all files or again from 0 or 1 in each, forwards
 * or backwards; where it has the name of an index, also with gaps, as a filter or a draw leaves them.
 */
export function isRowIndex(column: NumberColumn, { rows, files, first }: RowFacts): boolean {
  const { values, name } = column
  if (!column.integer) return false
  const { present, distinct, min, max, runs } = orderOf(values)
  if (present < MIN_ROWS_NAMED || min < 0) return false
  const mean = present / Math.max(1, runs.length)
  if (INDEX_NAME.test(name) && (distinct * files >= present * 0.9 || mean >= MEAN_RUN_FIRST)) return true
  if (MAYBE_INDEX_NAME.test(name) && mean >= MEAN_RUN_FIRST) return true
  if (present < MIN_ROWS) return false
  // Numbered through, in whatever order the rows are now.
  if (distinct === present && max - min + 1 <= Math.max(present, rows * SLACK)) return true
  const span = runs.reduce((sum, run) => sum + run.to - run.from + 1, 0)
  // Where only some rows are left, the first of them may be a few further on.
  const starts = runs.every((run) => run.from <= 1 + LATE_START * (rows / present - 1))
  const long = mean >= (first && files > 1 ? MEAN_RUN_FIRST : MEAN_RUN)
  return starts && long && span <= Math.max(present, rows * SLACK) && !MEANINGFUL.test(name)
}

interface Run {
  readonly from: number
  readonly to: number
}

/** The stretches in which the values rise (or fall, where most steps do), and how many values differ. */
function orderOf(values: Float64Array): {
  readonly present: number
  readonly distinct: number
  readonly min: number
  readonly max: number
  readonly runs: readonly Run[]
} {
  const here = values.filter((value) => value === value)
  let rising = 0
  for (let i = 1; i < here.length; i++) rising += (here[i] as number) > (here[i - 1] as number) ? 1 : -1
  if (rising < 0) here.reverse()
  const runs: Run[] = []
  let from = 0
  for (let i = 1; i <= here.length; i++) {
    if (i < here.length && (here[i] as number) > (here[i - 1] as number)) continue
    runs.push({ from: here[from] as number, to: here[i - 1] as number })
    from = i
  }
  const sorted = here.toSorted()
  let distinct = 0
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) distinct++
  return {
    present: here.length,
    distinct,
    min: sorted[0] ?? 0,
    max: sorted.at(-1) ?? 0,
    runs: here.length === 0 ? [] : runs,
  }
}
