import { formatPercent } from '../../core/format.ts'
import { RefitError } from '../../core/error.ts'
import { count } from '../../core/text.ts'
import { type Column, findColumn } from '../../data/table.ts'
import type { Predictions } from '../../training/types.ts'
import { skipped } from './rules.ts'
import { changes, exampleOf, filled, type Probe, withColumn } from './probe.ts'
import type { BehaviourExample, BehaviourResult } from './types.ts'

export interface RobustnessInput {
  readonly probe: Probe
  readonly check: 'missing' | 'unseen'
  readonly columns: readonly string[]
  /** What a violation means: `fail` where the configuration says so. */
  readonly severity: 'warn' | 'fail'
  /** Range of the labels of a regression: a prediction further outside of it than it is wide is not usable. */
  readonly range: { readonly low: number; readonly high: number } | undefined
}

const UNSEEN = 'a value that nobody has seen before'
const YEARS = 100 * 365.25 * 86_400_000
const EXAMPLES = 3

/**
 * Whether there is still a usable prediction (a number; a probability from 0 to 1; for a regression one near the labels)
 * when a column is missing in every row, or holds a category never seen, a number ten ranges outside of what was seen,
 * a time a century away. One column at a time.
 */
export function checkRobustness(input: RobustnessInput): BehaviourResult {
  const { probe, check } = input
  const rows = probe.table.rows
  const examples: BehaviourExample[] = []
  const failing: string[] = []
  let tried = 0
  const looked = new Set<string>()
  let violations = 0
  let error: string | undefined
  let sensitive = { column: '', share: 0 }
  for (const name of input.columns) {
    const column = findColumn(probe.table, name)
    if (column === undefined) continue
    looked.add(name)
    for (const value of check === 'missing' ? [null] : strange(column)) {
      const after = withColumn(probe.table, filled(column, value, rows))
      const predictions = attempt(() => probe.predict(after))
      tried += rows
      if (typeof predictions === 'string') {
        error ??= predictions
        violations += rows
        failing.push(name)
        continue
      }
      const broken = unusable(predictions, input.range)
      violations += broken.length
      if (broken.length > 0) {
        failing.push(name)
        const [row] = broken
        if (row !== undefined && examples.length < EXAMPLES) {
          examples.push(exampleOf(probe, { column: name, before: probe.table, after, predictions }, row))
        }
      }
      const moved = changes(probe, predictions).reduce((sum, change) => sum + (change > 0.1 ? 1 : 0), 0) / rows
      if (moved > sensitive.share) sensitive = { column: name, share: moved }
    }
  }
  const title = check === 'missing' ? 'usable with a column missing' : 'usable with values never seen'
  if (looked.size === 0)
    return skipped(check, title, {}, 'no feature is among the held-out rows', input.severity === 'fail')
  const columns = [...new Set(failing)]
  const what = check === 'missing' ? 'missing' : 'never seen before or far out of range'
  const most =
    sensitive.share > 0
      ? `; ${sensitive.column} matters most: ${formatPercent(sensitive.share)} of the predictions move by more than 0.1${probe.unit === 1 ? '' : ' standard deviations of the label'}`
      : ''
  const sentence =
    violations === 0
      ? `predictions stay usable when a column is ${what} (${count(looked.size, 'column')}, one at a time)${most}`
      : `${violations.toLocaleString('en-US')} of ${tried.toLocaleString('en-US')} predictions are not usable when ${columns.slice(0, 3).join(', ')} ${columns.length > 1 ? 'are' : 'is'} ${what}${error === undefined ? '' : `: ${error}`}`
  return {
    check,
    columns,
    title,
    status: violations === 0 ? 'pass' : input.severity,
    configured: input.severity === 'fail',
    rows: tried,
    violations,
    worst: null,
    tolerance: 0,
    allowed: 0,
    sentence,
    examples,
  }
}

function strange(column: Column): readonly (string | number)[] {
  if (column.kind === 'category') return [UNSEEN]
  const present = column.values.filter((value) => Number.isFinite(value))
  if (present.length === 0) return [0]
  const low = present.reduce((least, value) => Math.min(least, value))
  const high = present.reduce((most, value) => Math.max(most, value))
  const reach = column.kind === 'time' ? YEARS : 10 * Math.max(high - low, Math.abs(high), 1)
  return [low - reach, high + reach]
}

function attempt(predict: () => Predictions): Predictions | string {
  try {
    return predict()
  } catch (error) {
    if (error instanceof RefitError) return error.message
    throw error
  }
}

function unusable(predictions: Predictions, range: RobustnessInput['range']): number[] {
  const { scores, rows, task } = predictions
  const width = scores.length / Math.max(1, rows)
  const reach = range ? range.high - range.low : 0
  const bad = (score: number): boolean => {
    if (!Number.isFinite(score)) return true
    if (task !== 'regression') return score < 0 || score > 1
    return range !== undefined && (score < range.low - reach || score > range.high + reach)
  }
  return Array.from({ length: rows }, (_, row) => row).filter((row) =>
    Array.from({ length: width }, (_, c) => scores[row * width + c] as number).some(bad),
  )
}
