import { sortedQuantile } from '../stats/quantile.ts'
import type { Labels, Predictions } from '../training/types.ts'

/**
 * The error of each row, for detectors that watch a stream. Classification: 0 right, 1 wrong. Regression: the share of the
 * holdout's absolute errors that are smaller, so that whatever the label's unit 0.5 is usual and 1 is as bad as never
 * before.
 *
 * @param holdout 101 quantiles of the absolute errors on the holdout; regression without them: the rows' own.
 */
export function rowErrors(
  { values }: Labels,
  { task, classes, scores }: Predictions,
  threshold: number,
  holdout: readonly number[] | undefined,
): Float64Array {
  if (task === 'binary') {
    return values.map((label, row) => {
      const decided = (scores[row] as number) >= threshold
      return Number(decided !== (label === 1))
    })
  }
  if (task === 'multiclass') {
    const k = classes.length
    return values.map((label, row) => {
      let best = 0
      for (let c = 1; c < k; c++) if ((scores[row * k + c] as number) > (scores[row * k + best] as number)) best = c
      return Number(best !== label)
    })
  }
  const sizes = values.map((label, row) => Math.abs((scores[row] as number) - label))
  const sorted = sizes.toSorted()
  const usual = holdout ?? Array.from({ length: 101 }, (_, i) => sortedQuantile(sorted, i / 100))
  return sizes.map((size) => shareBelow(usual, size))
}

function shareBelow(quantiles: readonly number[], size: number): number {
  let low = 0
  let high = quantiles.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((quantiles[middle] as number) < size) low = middle + 1
    else high = middle
  }
  return Math.min(1, low / (quantiles.length - 1))
}
