import type { Group } from './groups.ts'
import { riseOrder } from './metrics/rank-order.ts'
import type { Sample } from './sample.ts'
import { sampleWeights } from './scorer.ts'

/** Kolmogorov–Smirnov distances by what is held against each other. */
export type KsSpreads = Readonly<Record<'between-groups' | 'to-overall', number>>

/**
 * Largest Kolmogorov–Smirnov distance between the predictions of two of the compared groups, and between those of a group
 * and of all rows: max over t of the range of F_g(t), and of |F_g(t) − F(t)|.
 */
export function ksSpreads(sample: Sample, groups: readonly Group[], compared: readonly number[]): KsSpreads {
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
  const order = riseOrder(scores)
  const seen = new Float64Array(all + 1)
  let [between, toOverall] = [0, 0]
  for (let i = 0; i < rows; i++) {
    const row = order[i] as number
    const weight = weights[row] as number
    const own = place[row] as number
    if (own >= 0) seen[own] = (seen[own] as number) + weight
    seen[all] = (seen[all] as number) + weight
    if (i + 1 < rows && scores[order[i + 1] as number] === scores[row]) continue
    const overall = (seen[all] as number) / (totals[all] as number)
    let low = Infinity
    let high = -Infinity
    for (let g = 0; g < all; g++) {
      const share = (seen[g] as number) / (totals[g] as number)
      if (share < low) low = share
      if (share > high) high = share
    }
    if (high - low > between) between = high - low
    const distance = Math.max(high - overall, overall - low)
    if (distance > toOverall) toOverall = distance
  }
  return { 'between-groups': between, 'to-overall': toOverall }
}
