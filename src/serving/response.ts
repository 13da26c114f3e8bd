import type { Manifest } from '../registry/manifest.ts'
import type { Predictions } from '../training/types.ts'

/** A tensor of an Open Inference Protocol answer. */
export interface OutputTensor {
  readonly name: string
  readonly datatype: 'FP64' | 'BYTES'
  readonly shape: readonly number[]
  readonly data: readonly (number | string)[]
}

/** The class (by the manifest's threshold; multiclass: the most probable), or the number of a regression. */
export function labelOf(predictions: Predictions, row: number, manifest: Manifest): string | number {
  const { task, classes, scores } = predictions
  if (task === 'regression') return scores[row] as number
  if (task === 'binary') {
    const positive = (scores[row] as number) >= (manifest.signature.threshold ?? 0.5)
    return classes[positive ? 1 : 0] ?? ''
  }
  let best = 0
  for (let c = 1; c < classes.length; c++) {
    if ((scores[row * classes.length + c] as number) > (scores[row * classes.length + best] as number)) best = c
  }
  return classes[best] ?? ''
}

/** The outputs that the manifest's signature names. */
export function outputsOf(predictions: Predictions, manifest: Manifest): readonly OutputTensor[] {
  const { task, rows, classes, scores } = predictions
  const data = Array.from(scores)
  if (task === 'regression') return [{ name: 'prediction', datatype: 'FP64', shape: [rows], data }]
  const labels = Array.from({ length: rows }, (_, row) => labelOf(predictions, row, manifest))
  const label: OutputTensor = { name: 'label', datatype: 'BYTES', shape: [rows], data: labels }
  if (task === 'binary') return [{ name: 'probability', datatype: 'FP64', shape: [rows], data }, label]
  return [{ name: 'probabilities', datatype: 'FP64', shape: [rows, classes.length], data }, label]
}
