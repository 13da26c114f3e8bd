import type { Task } from '../core/task.ts'
import type { RateKind } from '../stats/spread-interval.ts'
import { ratio } from './metrics/family.ts'

/** What a model does to a group of rows: shares of them, means, and how its scores agree with their labels. */
export type RateName =
  | 'selectionRate'
  | 'truePositiveRate'
  | 'falsePositiveRate'
  | 'accuracy'
  | 'positivePredictiveValue'
  | 'labelRate'
  | 'meanScore'
  | 'calibrationGap'
  | 'observedOverExpected'
  | 'mae'
  | 'rmse'
  | 'below'

/** One rate; of several classes, of one of them against all others; of a distribution, at one of its thresholds. */
export interface Component {
  readonly rate: RateName
  readonly kind: RateKind
  /** Class code, or the number of the threshold. */
  readonly at: number
}

interface RateDefinition {
  readonly kind: RateKind
  /** From the sums of a group, for each class (or threshold); NaN where undefined. */
  value(sums: GroupSums): number
  /** What the rate is a share of. */
  over(sums: GroupSums): number
}

/** Weighted sums over the rows of a group. Regression: `scores` and `labels` are sums of values. */
export interface GroupSums {
  rows: number
  /** Rows decided positive, rows that are positive, and both. */
  decided: number
  labels: number
  hits: number
  scores: number
  absolute: number
  squared: number
  below: number
}

const CLASS_RATES: Readonly<Partial<Record<RateName, RateDefinition>>> = {
  selectionRate: { kind: 'proportion', value: (s) => ratio(s.decided, s.rows), over: (s) => s.rows },
  truePositiveRate: { kind: 'proportion', value: (s) => ratio(s.hits, s.labels), over: (s) => s.labels },
  falsePositiveRate: {
    kind: 'proportion',
    value: (s) => ratio(s.decided - s.hits, s.rows - s.labels),
    over: (s) => s.rows - s.labels,
  },
  accuracy: {
    kind: 'proportion',
    value: (s) => ratio(s.rows - s.labels - s.decided + 2 * s.hits, s.rows),
    over: (s) => s.rows,
  },
  positivePredictiveValue: { kind: 'proportion', value: (s) => ratio(s.hits, s.decided), over: (s) => s.decided },
  labelRate: { kind: 'proportion', value: (s) => ratio(s.labels, s.rows), over: (s) => s.rows },
  meanScore: { kind: 'location', value: (s) => ratio(s.scores, s.rows), over: (s) => s.rows },
  calibrationGap: { kind: 'location', value: (s) => ratio(s.scores - s.labels, s.rows), over: (s) => s.rows },
  observedOverExpected: { kind: 'scale', value: (s) => ratio(s.labels, s.scores), over: (s) => s.rows },
}

const VALUE_RATES: Readonly<Partial<Record<RateName, RateDefinition>>> = {
  meanScore: { kind: 'location', value: (s) => ratio(s.scores, s.rows), over: (s) => s.rows },
  labelRate: { kind: 'location', value: (s) => ratio(s.labels, s.rows), over: (s) => s.rows },
  calibrationGap: { kind: 'location', value: (s) => ratio(s.scores - s.labels, s.rows), over: (s) => s.rows },
  observedOverExpected: {
    kind: 'scale',
    // A ratio of means means something where both are above 0.
    value: (s) => (s.labels > 0 ? ratio(s.labels, s.scores) : Number.NaN),
    over: (s) => s.rows,
  },
  mae: { kind: 'scale', value: (s) => ratio(s.absolute, s.rows), over: (s) => s.rows },
  rmse: { kind: 'scale', value: (s) => Math.sqrt(ratio(Math.max(0, s.squared), s.rows)), over: (s) => s.rows },
  below: { kind: 'proportion', value: (s) => ratio(s.below, s.rows), over: (s) => s.rows },
}

/** The rates of a task. */
export function ratesOfTask(task: Task): readonly (readonly [RateName, RateDefinition])[] {
  return Object.entries(task === 'regression' ? VALUE_RATES : CLASS_RATES) as [RateName, RateDefinition][]
}
