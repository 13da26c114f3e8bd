import type { RankSegments } from './rank-segments.ts'

/** Half width in ranks, at n = 1, of the window that the rate of positives at the cut is taken from. */
const WINDOW = 0.3

/**
 * Gains of resamples at the top `share` of the rows, for the counts that `segments` has added last. Which rows are just above the cut changes from
 * resample to resample by whole rows, and so few of them that a bootstrap of what they are is a poor one. So the cut stays
 * where it is, and the rows that a resample has too many or too few above it are taken at the rate of positives around it.
 */
export function gainsReplicates(segments: RankSegments, share: number): () => number {
  const { positive, negative } = segments
  const n = positive.length
  let all = 0
  for (let i = 0; i < n; i++) all += (positive[i] as number) + (negative[i] as number)
  const reach = Math.min(share, 1 - share, WINDOW * all ** -0.2)
  // The bin that straddles the cut, and those around it.
  let place = 0
  let from = n
  let to = 0
  let rank = 0
  for (let i = 0; i < n; i++) {
    const next = rank + ((positive[i] as number) + (negative[i] as number)) / all
    if (rank < share) place = i
    if (next > share - reach && i < from) from = i
    if (rank < share + reach) to = i + 1
    rank = next
  }
  return () => {
    let above = 0
    let aboveNegative = 0
    let near = 0
    let nearNegative = 0
    let positives = 0
    let negatives = 0
    for (let i = 0; i < n; i++) {
      const p = positive[i] as number
      const q = negative[i] as number
      positives += p
      negatives += q
      if (i < place) {
        above += p
        aboveNegative += q
      }
      if (i >= from && i < to) {
        near += p
        nearNegative += q
      }
    }
    const rest = share * (positives + negatives) - above - aboveNegative
    const rate = near + nearNegative > 0 ? near / (near + nearNegative) : 0
    return (above + rate * rest) / positives
  }
}
