import type { Labels, Predictions } from '../training/types.ts'

/** What was said and what was true, one array for each output: the positive class, every class, or the value itself. */
export interface Outputs {
  readonly said: readonly Float64Array[]
  readonly truth: readonly Float64Array[]
}

/** @param shares calibrated probabilities of all classes, row-major, in place of the model's own */
export function byOutput(labels: Labels, { task, rows, classes, scores }: Predictions, shares?: Float64Array): Outputs {
  if (task === 'regression') return { said: [scores], truth: [labels.values] }
  if (task === 'binary') {
    const said =
      shares === undefined ? scores : Float64Array.from({ length: rows }, (_, row) => shares[2 * row + 1] as number)
    return { said: [said], truth: [labels.values] }
  }
  const k = classes.length
  const from = shares ?? scores
  return {
    said: classes.map((_, c) => Float64Array.from({ length: rows }, (_none, row) => from[row * k + c] as number)),
    truth: classes.map((_, c) => labels.values.map((value) => Number(value === c))),
  }
}
