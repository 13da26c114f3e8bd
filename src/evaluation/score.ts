import { PRIMARY } from '../config/metric-names.ts'
import { RefitError } from '../core/error.ts'
import type { Task } from '../core/task.ts'
import type { Labels, Predictions } from '../training/types.ts'
import { findMetric, metricsOf } from './metrics.ts'
import { createSample, type MetricOptions } from './sample.ts'
import { bindMetrics } from './scorer.ts'
import type { MetricValue } from './types.ts'

/** The metric that decides: the configured one, or auc, accuracy, rmse by task. */
export function primaryMetric(task: Task, configured?: string): string {
  return configured ?? PRIMARY[task]
}

/**
 * One metric of one model on one set of rows, without an interval. `value` is null with a reason where it is undefined:
 * one class only, an empty denominator, no rows, predictions that are no numbers. Never 0, never NaN.
 *
 * @throws RefitError when the task has no such metric, or labels and predictions do not belong together.
 */
export function scoreMetric(
  metric: string,
  labels: Labels,
  predictions: Predictions,
  options: MetricOptions = {},
): MetricValue {
  const found = findMetric(labels.task, metric)
  if (!found) {
    const names = metricsOf(labels.task).map((one) => one.name)
    throw new RefitError('evaluation', `a ${labels.task} task has no metric “${metric}”`, {
      hint: `Use one of ${names.join(', ')}.`,
    })
  }
  const sample = createSample(labels, predictions, options)
  return bindMetrics(sample, [found]).values()[0] as MetricValue
}
