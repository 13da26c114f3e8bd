import { permutation, type Random } from '../core/random.ts'
import type { FeatureMatrix } from '../features/types.ts'

/** Rows of a step, copied together. The arrays are reused by the next batch. */
export interface Batch {
  readonly rows: number
  readonly values: Float32Array
  readonly labels: Float64Array
  readonly weights: Float64Array | undefined
}

/** All rows once, in random order, `size` at a time (the last batch has what is left). */
export function* shuffledBatches(
  matrix: FeatureMatrix,
  labels: Float64Array,
  weights: Float64Array | undefined,
  size: number,
  random: Random,
): Generator<Batch> {
  const { rows, width, values } = matrix
  const order = permutation(rows, random)
  const batchValues = new Float32Array(size * width)
  const batchLabels = new Float64Array(size)
  const batchWeights = weights && new Float64Array(size)
  for (let start = 0; start < rows; start += size) {
    const n = Math.min(size, rows - start)
    for (let i = 0; i < n; i++) {
      const row = order[start + i] as number
      batchValues.set(values.subarray(row * width, (row + 1) * width), i * width)
      batchLabels[i] = labels[row] as number
      if (batchWeights) batchWeights[i] = (weights as Float64Array)[row] as number
    }
    yield {
      rows: n,
      values: batchValues.subarray(0, n * width),
      labels: batchLabels.subarray(0, n),
      weights: batchWeights?.subarray(0, n),
    }
  }
}

/**
 * Inverted dropout: 0 with probability `rate`, otherwise 1 / (1 − rate). TensorFlow.js' dropout layer repeats one mask
 * with a seed and is not repeatable without one, hence our own.
 */
export function dropoutMask(cells: number, rate: number, random: Random): Float32Array {
  const mask = new Float32Array(cells)
  const keep = 1 / (1 - rate)
  const threshold = Math.round(rate * 0x1_0000)
  for (let i = 0; i < cells; i += 2) {
    const bits = random.below(0x1_0000_0000)
    if ((bits & 0xffff) >= threshold) mask[i] = keep
    if (i + 1 < cells && bits >>> 16 >= threshold) mask[i + 1] = keep
  }
  return mask
}
