import type { Task } from '../core/task.ts'
import { formatNumber } from '../core/format.ts'
import type { Labels, Predictions } from '../training/types.ts'

/** What one gets without any model: the same answer for every row. */
export interface Baseline {
  /** `always “no” (class prior)`, `always 189.5 (mean)`. */
  readonly name: string
  predict(rows: number): Predictions
}

/**
 * The shares of the classes, or the mean, of the training labels. A candidate that does not beat this has learned
 * nothing from the features. Without any label: equal shares, or 0.
 */
export function baselineFor(task: Task, labels: Labels): Baseline {
  const { classes, values } = labels
  if (task === 'regression') {
    let mean = 0
    for (let i = 0; i < values.length; i++) mean += ((values[i] as number) - mean) / (i + 1)
    return {
      name: `always ${formatNumber(mean)} (mean)`,
      predict: (rows) => ({ task, rows, classes, scores: new Float64Array(rows).fill(mean) }),
    }
  }
  const prior = new Float64Array(classes.length)
  for (const code of values) prior[code] = (prior[code] as number) + 1 / values.length
  if (values.length === 0) prior.fill(1 / classes.length)
  const top = prior.indexOf(Math.max(...prior))
  return {
    name: `always “${classes[top] ?? ''}” (class prior)`,
    predict(rows) {
      if (task === 'binary')
        return { task, rows, classes, scores: new Float64Array(rows).fill(Math.min(1, prior[1] ?? 0)) }
      const scores = new Float64Array(rows * prior.length)
      for (let i = 0; i < rows; i++) scores.set(prior, i * prior.length)
      return { task, rows, classes, scores }
    },
  }
}
