import { absolute, defineFamily } from './family.ts'

interface Ranking {
  positives: number
  negatives: number
  /** Σ over pairs of one positive and one negative: 1 where the positive scores higher, ½ for a tie. */
  pairs: number
  /** Σ over thresholds of the precision there × the weight of the positives that it adds. */
  precision: number
}

function missingClass(ranking: Ranking): string {
  if (ranking.positives + ranking.negatives === 0) return 'there are no rows'
  return ranking.positives === 0 ? 'no row is positive' : 'no row is negative'
}

/** Row numbers by falling score; rows of equal score are neighbours. */
export function fallingOrder(scores: Float64Array): Uint32Array {
  const rows = new Uint32Array(scores.length)
  for (let i = 0; i < rows.length; i++) rows[i] = i
  return rows.sort((a, b) => (scores[b] as number) - (scores[a] as number))
}

/**
 * Metrics of the order of the scores, exact with ties: rows are sorted once, then each set of weights costs one pass.
 *
 * AUC = (Σ_{positive i, negative j} [sᵢ > sⱼ] + ½[sᵢ = sⱼ]) / (P·N), the Mann–Whitney statistic.
 * PR AUC = Σ_t (R_t − R_{t−1})·P_t over distinct scores t: average precision, without interpolation (as scikit-learn).
 */
export const rankingFamily = defineFamily<Ranking>(
  'binary',
  (sample) => {
    const order = fallingOrder(sample.scores)
    const positive = new Float64Array(order.length)
    const last = new Uint8Array(order.length)
    for (let i = 0; i < order.length; i++) {
      const row = order[i] as number
      positive[i] = sample.labels[row] === 1 ? 1 : 0
      last[i] = i + 1 === order.length || sample.scores[row] !== sample.scores[order[i + 1] as number] ? 1 : 0
    }
    const summary: Ranking = { positives: 0, negatives: 0, pairs: 0, precision: 0 }
    return (weights) => {
      let above = 0
      let belowNegative = 0
      let tiedPositive = 0
      let tied = 0
      let pairs = 0
      let precision = 0
      for (let i = 0; i < order.length; i++) {
        const weight = weights[order[i] as number] as number
        tied += weight
        tiedPositive += weight * (positive[i] as number)
        if (last[i] === 1) {
          const tiedNegative = tied - tiedPositive
          pairs += tiedNegative * (above + tiedPositive / 2)
          above += tiedPositive
          belowNegative += tiedNegative
          if (tiedPositive > 0) precision += (tiedPositive * above) / (above + belowNegative)
          tied = 0
          tiedPositive = 0
        }
      }
      summary.positives = above
      summary.negatives = belowNegative
      summary.pairs = pairs
      summary.precision = precision
      return summary
    }
  },
  [
    {
      name: 'auc',
      direction: 'higher',
      margin: 'absolute',
      defaultMargin: absolute(0.005),
      suspicious: 0.999,
      description:
        'Area under the ROC curve: the chance that a positive row scores above a negative one (ties count ½).',
      value: (r) => r.pairs / (r.positives * r.negatives),
      undefinedBecause: missingClass,
    },
    {
      name: 'pr-auc',
      direction: 'higher',
      margin: 'absolute',
      defaultMargin: absolute(0.01),
      suspicious: 0.999,
      description: 'Area under the precision–recall curve, as average precision.',
      value: (r) => r.precision / r.positives,
      undefinedBecause: missingClass,
    },
  ],
)
