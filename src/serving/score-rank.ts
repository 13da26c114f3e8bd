import type { Manifest } from '../registry/manifest.ts'
import type { Predictions } from '../training/types.ts'

/** The score that production is held against. Binary: P(positive); multiclass: the largest probability; regression: the prediction. */
export function decisiveScore(predictions: Predictions, row: number): number {
  if (predictions.task !== 'multiclass') return predictions.scores[row] as number
  const k = predictions.classes.length
  let largest = 0
  for (let c = 0; c < k; c++) largest = Math.max(largest, predictions.scores[row * k + c] as number)
  return largest
}

/**
 * u ∈ [0, 1]: the rank of a score among the version's own holdout scores, of which the manifest has evenly spaced
 * quantiles; linear in between, the middle where quantiles are tied. Uniform while production looks like the holdout.
 *
 * @example rankOf([0, 0.5, 1], 0.25) // 0.25
 */
export function rankOf(quantiles: readonly number[], score: number): number {
  const last = quantiles.length - 1
  if (last < 1) return 0.5
  const below = lowerBound(quantiles, score)
  const above = upperBound(quantiles, score)
  if (above > below) {
    return (below + above - 1) / 2 / last // tied with the quantiles below … above − 1
  }
  if (below === 0) return 0
  if (below > last) return 1
  const left = quantiles[below - 1] as number
  const right = quantiles[below] as number
  return (below - 1 + (score - left) / (right - left)) / last
}

/** First position whose value is not less than x. */
function lowerBound(values: readonly number[], x: number): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((values[middle] as number) < x) low = middle + 1
    else high = middle
  }
  return low
}

/** First position whose value is greater than x. */
function upperBound(values: readonly number[], x: number): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((values[middle] as number) <= x) low = middle + 1
    else high = middle
  }
  return low
}

/** About the 95th percentile of a regression's absolute error, from what the manifest knows: errors near normal have 1.96 RMSE. */
export function typicalError(manifest: Manifest): number {
  const value = (name: string): number | null | undefined =>
    manifest.evaluation.metrics.find(({ metric }) => metric === name)?.value
  const rmse = value('rmse')
  if (rmse != null && rmse > 0) return 1.96 * rmse
  const mae = value('mae')
  if (mae != null && mae > 0) return 2.46 * mae
  const quantiles = manifest.evaluation.scoreQuantiles
  const spread = (quantiles.at(-1) ?? 1) - (quantiles[0] ?? 0)
  return spread > 0 ? spread / 2 : 1
}
