import type { Difference } from './measure.ts'
import { VALUE_ROWS } from './metrics/worth.ts'
import type { Sample } from './sample.ts'
import type { BusinessValue, EvaluatedModel, Interval, Role } from './types.ts'
import type { Worth } from './worth.ts'

export interface BusinessValueInput {
  readonly worth: Worth
  /** Of any model: all have the same rows. */
  readonly sample: Sample
  readonly models: readonly EvaluatedModel[]
  /** `value` of the candidate less that of the champion, per 1,000 rows; undefined without a champion. */
  readonly change: Difference | undefined
}

/** What the decisions of each model were worth in total: the metric `value` times the rows (the sum of their weights). */
export function businessValueOf({ worth, sample, models, change }: BusinessValueInput): BusinessValue {
  const rows = sample.weights?.reduce((sum, weight) => sum + weight, 0) ?? sample.rows
  const scale = rows / VALUE_ROWS
  const metricOf = (role: Role) =>
    models.find((model) => model.role === role)?.metrics.find((metric) => metric.metric === 'value')
  const total = (role: Role): number | null => times(metricOf(role)?.value ?? null, scale)
  const interval = (role: Role): Interval | null => stretch(metricOf(role)?.interval ?? null, scale)
  return {
    unit: worth.unit,
    totals: { baseline: total('baseline'), champion: total('champion'), candidate: total('candidate') },
    intervals: { baseline: interval('baseline'), champion: interval('champion'), candidate: interval('candidate') },
    change:
      change === undefined || change.difference === null
        ? null
        : { difference: change.difference * scale, interval: stretch(change.interval, scale) },
  }
}

const times = (value: number | null, scale: number): number | null => (value === null ? null : value * scale)

function stretch(interval: Interval | null, scale: number): Interval | null {
  return interval && { ...interval, low: interval.low * scale, high: interval.high * scale }
}
