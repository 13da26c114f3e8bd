import type { EvaluatedModel, Evaluation, Interval, MetricValue } from '../../src/evaluation/types.ts'

export const between = (low: number, high: number, level = 0.95): Interval => ({ low, high, level, method: 'test' })

export const valued = (metric: string, value: number | null, more: Partial<MetricValue> = {}): MetricValue => ({
  metric,
  value,
  interval: null,
  ...more,
})

export const modelOf = (role: EvaluatedModel['role'], ...metrics: readonly MetricValue[]): EvaluatedModel => ({
  role,
  name: { candidate: 'v4 (candidate)', champion: 'v3', baseline: 'always “no”' }[role],
  version: { candidate: 4, champion: 3, baseline: null }[role],
  metrics,
})

/** Two classes, 1,000 held-out rows, a champion, and nothing measured yet. */
export function evaluationWith(seen: Partial<Evaluation> = {}): Evaluation {
  return {
    task: 'binary',
    primary: 'auc',
    holdout: { rows: 1000, description: '', digest: '', championSafe: true },
    thresholds: {},
    baseline: modelOf('baseline'),
    champion: modelOf('champion'),
    candidate: modelOf('candidate'),
    comparisons: [],
    slices: [],
    fairness: [],
    curves: [],
    warnings: [],
    ...seen,
  }
}
