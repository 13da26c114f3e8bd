import type { Labels, Predictions } from '../training/types.ts'

/** What was said and what was true, one array for each output: the positive class, every class, or the value itself. */
export interface Outputs {
  readonly said: readonly Float64Array[]
  readonly truth: readonly Float64Array[]
}

export function byOutput(labels: Labels, { task, rows, classes, scores }: Predictions): Outputs {
  if (task !== 'multiclass') return { said: [scores], truth: [labels.values] }
  const k = classes.length
  return {
    said: classes.map((_, c) => Float64Array.from({ length: rows }, (_none, row) => scores[row * k + c] as number)),
    truth: classes.map((_, c) => labels.values.map((value) => Number(value === c))),
  }
}

/** Predictions of the same task with other scores, given by output. */
export function fromOutputs(like: Predictions, said: readonly Float64Array[]): Predictions {
  const k = said.length
  const rows = said[0]?.length ?? 0
  const scores = Float64Array.from({ length: rows * k }, (_, i) => said[i % k]?.[Math.floor(i / k)] as number)
  return { ...like, rows, scores }
}

/** The predictions for rows `from` to `end`. */
export function partOf(all: Predictions, from: number, end: number): Predictions {
  const width = all.rows === 0 ? 1 : all.scores.length / all.rows
  return { ...all, rows: end - from, scores: all.scores.slice(from * width, end * width) }
}

/** Of each row: the squared error, of classes summed over them (the Brier score). */
export function squaredErrors(labels: Labels, predictions: Predictions): Float64Array {
  const { said, truth } = byOutput(labels, predictions)
  return Float64Array.from(labels.values, (_, row) =>
    said.reduce((sum, values, k) => sum + ((truth[k]?.[row] as number) - (values[row] as number)) ** 2, 0),
  )
}
