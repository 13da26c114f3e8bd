import { ascendingOrder } from '../stats/order.ts'
import type { Group } from './groups.ts'
import type { Sample } from './sample.ts'
import { sampleWeights } from './scorer.ts'

/**
 * Largest Kolmogorov–Smirnov distance between the predictions of two of the compared groups, or between those of a group
 * and of all rows: max over t of the range of F_g(t), or of |F_g(t) − F(t)|.
 */
export function ksSpread(
  sample: Sample,
  groups: readonly Group[],
  compared: readonly number[],
  method: 'between-groups' | 'to-overall',
): number {
  const { rows, scores } = sample
  const weights = sampleWeights(sample)
  const place = new Int32Array(rows).fill(-1)
  const totals = new Float64Array(compared.length + 1)
  compared.forEach((g, i) => {
    for (const row of groups[g]?.rows ?? []) {
      place[row] = i
      totals[i] = (totals[i] as number) + (weights[row] as number)
    }
  })
  const all = compared.length
  for (const weight of weights) totals[all] = (totals[all] as number) + weight
  const order = ascendingOrder(scores)
  const seen = new Float64Array(all + 1)
  let widest = 0
  for (let i = 0; i < rows; i++) {
    const row = order[i] as number
    const weight = weights[row] as number
    const own = place[row] as number
    if (own >= 0) seen[own] = (seen[own] as number) + weight
    seen[all] = (seen[all] as number) + weight
    if (i + 1 < rows && scores[order[i + 1] as number] === scores[row]) continue
    const overall = (seen[all] as number) / (totals[all] as number)
    let low = method === 'to-overall' ? overall : Infinity
    let high = method === 'to-overall' ? overall : -Infinity
    let distance = 0
    for (let g = 0; g < all; g++) {
      const share = (seen[g] as number) / (totals[g] as number)
      low = Math.min(low, share)
      high = Math.max(high, share)
      distance = Math.max(distance, Math.abs(share - overall))
    }
    widest = Math.max(widest, method === 'to-overall' ? distance : high - low)
  }
  return widest
}
