import { besideMargin, conclude, marginSize, rowsNeeded, type Versus } from './compare.ts'
import type { Measurement } from './measure.ts'
import type { Margin, Metric } from './metrics/family.ts'
import type { Interval, MetricComparison } from './types.ts'

export interface ComparisonInput {
  readonly measurement: Measurement
  /** Places of the candidate and the other model in the measurement. */
  readonly candidate: number
  readonly other: number
  readonly versus: Versus
  readonly metric: Metric
  readonly margin: Margin
  readonly rows: number
}

/** Candidate against another model on the same rows, with one of the four answers. */
export function compareModels(input: ComparisonInput): MetricComparison {
  const { measurement, metric, versus, rows } = input
  const { difference, interval, pValue, test } = measurement.difference(input.candidate, input.other, metric)
  const other = { value: measurement.estimate(input.other, metric), interval: null as Interval | null }
  const margin = marginSize(input.margin, other.value)
  if (input.margin.kind === 'relative') other.interval = measurement.own(input.other, metric)
  const beside = besideMargin(difference, interval, metric.direction, input.margin, other)
  const conclusion = conclude(difference, interval, metric.direction, margin, beside)
  const needed =
    conclusion === 'cannot-tell' && difference !== null && beside !== null
      ? rowsNeeded(rows, difference, beside, metric.direction, -margin)
      : undefined
  return {
    metric: metric.name,
    versus,
    direction: metric.direction,
    difference,
    interval,
    margin,
    conclusion,
    ...(needed === undefined ? {} : { rowsNeeded: needed }),
    pValue,
    test,
  }
}
