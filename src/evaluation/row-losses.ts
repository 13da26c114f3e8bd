import type { Sample } from './sample.ts'

/** The loss of each row: bounded for classes, so that a few confident mistakes do not hide everything else. */
export interface RowLosses {
  readonly name: string
  readonly values: Float64Array
}

/** Squared error of the probability (Brier; of several classes summed over them), or absolute error of a number. */
export function rowLosses(sample: Sample): RowLosses {
  const { task, rows, labels, scores, classes } = sample
  const values = new Float64Array(rows)
  for (let i = 0; i < rows; i++) {
    const label = labels[i] as number
    if (task === 'regression') values[i] = Math.abs((scores[i] as number) - label)
    else if (task === 'binary') values[i] = ((scores[i] as number) - label) ** 2
    else {
      let sum = 0
      for (let c = 0; c < classes; c++) sum += ((scores[i * classes + c] as number) - (c === label ? 1 : 0)) ** 2
      values[i] = sum
    }
  }
  return { name: task === 'regression' ? 'absolute error' : 'squared error of the probability', values }
}
