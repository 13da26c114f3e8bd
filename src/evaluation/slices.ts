import type { Table } from '../data/table.ts'
import { compareModels } from './comparison.ts'
import { type Group, groupRows } from './groups.ts'
import { measure, type MeasureOptions } from './measure.ts'
import type { Margin, Metric } from './metrics/family.ts'
import { type Sample, subsample } from './sample.ts'
import { bindMetrics } from './scorer.ts'
import type { MetricValue, SliceResult } from './types.ts'

export interface SliceInput {
  readonly table: Table
  /** The row of the table at each place of the samples. */
  readonly rows: Uint32Array
  readonly columns: readonly string[]
  /** Slices of fewer rows are shown without interval and judgement. */
  readonly minRows: number
  readonly metric: Metric
  readonly margin: Margin
  readonly candidate: Sample
  readonly champion: Sample | undefined
  readonly options: MeasureOptions
}

/**
 * The primary metric of candidate and champion on each slice, compared on the rows of the slice. Columns that the table
 * does not have are returned by name. Intervals are per slice: with many slices expect some to stand out by chance.
 */
export function sliceResults(input: SliceInput): { slices: readonly SliceResult[]; unknown: readonly string[] } {
  const slices: SliceResult[] = []
  const unknown: string[] = []
  for (const column of input.columns) {
    const groups = groupRows(input.table, column, input.rows)
    if (groups === undefined) unknown.push(column)
    else slices.push(...groups.map((group) => sliceResult(input, column, group)))
  }
  return { slices, unknown }
}

function sliceResult(input: SliceInput, column: string, group: Group): SliceResult {
  const { metric } = input
  const rows = group.rows.length
  const samples = [input.candidate, ...(input.champion ? [input.champion] : [])].map((sample) =>
    subsample(sample, group.rows),
  )
  const described = { column, value: group.value, rows, small: rows < input.minRows }
  if (described.small) {
    const [candidate, champion] = samples.map((sample) => bindMetrics(sample, [metric]).values()[0] as MetricValue)
    return { ...described, candidate: candidate as MetricValue, champion: champion ?? null, comparison: null }
  }
  const measurement = measure(samples, [metric], input.options)
  const { margin } = input
  return {
    ...described,
    candidate: measurement.values(0)[0] as MetricValue,
    champion: input.champion ? (measurement.values(1)[0] as MetricValue) : null,
    comparison: input.champion
      ? compareModels({ measurement, candidate: 0, other: 1, versus: 'champion', metric, margin, rows })
      : null,
  }
}
