import type { Task } from '../core/task.ts'
import { confusionFamily } from './metrics/confusion.ts'
import type { Metric } from './metrics/family.ts'
import { medianFamily } from './metrics/median.ts'
import { multiclassFamily } from './metrics/multiclass.ts'
import { findNumberedMetric } from './metrics/numbered.ts'
import { findClassMetric } from './metrics/one-class.ts'
import { probabilityFamily } from './metrics/probability.ts'
import { rankingFamily } from './metrics/ranking.ts'
import { regressionFamily } from './metrics/regression.ts'
import { worthFamily } from './metrics/worth.ts'

/** Every metric of a model, in the order of a report. Fairness metrics compare groups and live in `fairness.ts`. */
export const METRICS: readonly Metric[] = [
  rankingFamily,
  confusionFamily,
  worthFamily,
  probabilityFamily,
  multiclassFamily,
  regressionFamily,
  medianFamily,
].flatMap((family) => family.metrics)

export function metricsOf(task: Task): readonly Metric[] {
  return METRICS.filter((metric) => metric.task === task)
}

export function findMetric(task: Task, name: string): Metric | undefined {
  const named = METRICS.find((metric) => metric.task === task && metric.name === name)
  const ofClass = named === undefined && task === 'multiclass' ? findClassMetric(name) : undefined
  return named ?? ofClass ?? findNumberedMetric(task, name)
}
