import type { Drawn } from '../../stats/drawn.ts'
import { tabulate } from '../../stats/sum-table.ts'
import type { Units } from '../../stats/units.ts'
import type { Sample } from '../sample.ts'
import { rankOrder } from './rank-order.ts'
import type { Ranking } from './ranking.ts'

/** With fewer independent units than this every resample is ranked. */
export const FEWEST_UNITS = 500

/**
 * The AUC of resamples of many units, by its projection (Hájek): the mean over the positive rows of the share of negatives
 * they outscore, plus the mean over the negative rows of the share of positives that outscore them, less the AUC itself,
 * with the shares as they are in the data. Four sums, where ranking each resample would look at every row. What is left
 * out is a degenerate part whose spread is about 1/√units of the AUC's own; DeLong's variance leaves it out as well.
 */
export function aucReplicates(
  sample: Sample,
  units: Units,
  summary: Ranking,
): (counts: Float64Array, drawn?: Drawn) => Ranking {
  const { labels, weights, rows } = sample
  const positive = new Float64Array(rows)
  const negative = new Float64Array(rows)
  const auc = sharesOf(sample, positive, negative)
  const code = new Uint8Array(rows)
  for (let row = 0; row < rows; row++) code[row] = labels[row] === 1 ? 1 : 0
  const table = tabulate({ rows, columns: [positive, negative], cells: [{ count: 2, code }] }, units, weights)
  return (counts, drawn) => {
    const [, outscoring = 0, outscored = 0, negatives = 0, positives = 0] = table.add(counts, drawn)
    summary.positives = positives
    summary.negatives = negatives
    summary.auc = Math.min(1, Math.max(0, outscoring / positives + outscored / negatives - auc))
    return summary
  }
}

/** Writes for each positive row the share of negatives it outscores (ties ½), for each negative the share that outscores it. */
function sharesOf({ labels, scores, weights }: Sample, positive: Float64Array, negative: Float64Array): number {
  const order = rankOrder(scores)
  const weightOf = (row: number): number => (weights === undefined ? 1 : (weights[row] as number))
  let positives = 0
  let negatives = 0
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] === 1) positives += weightOf(row)
    else negatives += weightOf(row)
  }
  let above = 0
  let aboveNegative = 0
  let sum = 0
  for (let start = 0; start < order.length;) {
    const score = scores[order[start] as number]
    let end = start
    let p = 0
    let q = 0
    do {
      const row = order[end++] as number
      if (labels[row] === 1) p += weightOf(row)
      else q += weightOf(row)
    } while (end < order.length && scores[order[end] as number] === score)
    const outscores = (negatives - aboveNegative - q / 2) / negatives
    const outscored = (above + p / 2) / positives
    for (let i = start; i < end; i++) {
      const row = order[i] as number
      if (labels[row] === 1) positive[row] = outscores
      else negative[row] = outscored
    }
    sum += p * outscores
    above += p
    aboveNegative += q
    start = end
  }
  return sum / positives
}
