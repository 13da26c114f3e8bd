import { descendingOrder } from '../../stats/order.ts'
import type { Sample } from '../sample.ts'
import { absolute, defineFamily, type Summariser } from './family.ts'
import { ksReplicates } from './ks-replicates.ts'
import { RankSegments, tieEnds, TOP_SHARE } from './rank-segments.ts'
import { gainsReplicates } from './top-replicates.ts'

interface Ranking {
  positives: number
  negatives: number
  /** Share of the pairs of a positive and a negative in which the positive scores higher, ties ½. */
  auc: number
  /** Σ over thresholds of the precision there × the share of the positives that it adds. */
  averagePrecision: number
  /** Largest distance of the distributions of the scores of positives and negatives. */
  ks: number
  /** Share of the positives among the tenth of the rows that scores highest. */
  gains: number
}

/**
 * Reads everything off the weights of positives and negatives at each score, from the highest down.
 *
 * AUC = (Σ_{positive i, negative j} [sᵢ > sⱼ] + ½[sᵢ = sⱼ]) / (P·N), the Mann–Whitney statistic.
 * PR AUC = Σ_t (R_t − R_{t−1})·P_t over distinct scores t: average precision, without interpolation (as scikit-learn).
 */
function readRanking(positive: Float64Array, negative: Float64Array, out: Ranking): void {
  const n = positive.length
  let positives = 0
  let negatives = 0
  for (let i = 0; i < n; i++) {
    positives += positive[i] as number
    negatives += negative[i] as number
  }
  const top = TOP_SHARE * (positives + negatives)
  let above = 0
  let aboveNegative = 0
  let pairs = 0
  let precision = 0
  let ks = 0
  let found = -1
  for (let i = 0; i < n; i++) {
    const p = positive[i] as number
    const q = negative[i] as number
    if (p + q === 0) continue
    const before = above + aboveNegative
    // Rows of one score that straddle the limit are taken in proportion.
    if (found < 0 && before + p + q >= top) found = above + (p * (top - before)) / (p + q)
    pairs += q * (above + p / 2)
    above += p
    aboveNegative += q
    if (p > 0) precision += (p * above) / (above + aboveNegative)
    const distance = Math.abs(above / positives - aboveNegative / negatives)
    if (distance > ks) ks = distance
  }
  out.positives = positives
  out.negatives = negatives
  out.auc = pairs / (positives * negatives)
  out.averagePrecision = precision / positives
  out.ks = positives > 0 && negatives > 0 ? ks : Number.NaN
  out.gains = found / positives
}

const empty = (): Ranking => ({ positives: 0, negatives: 0, auc: 0, averagePrecision: 0, ks: 0, gains: 0 })

function prepareRanking(sample: Sample, names: readonly string[]): Summariser<Ranking> {
  const order = descendingOrder(sample.scores)
  const ends = tieEnds(sample.scores, order)
  return {
    ofRows(weights) {
      const positive = new Float64Array(ends.length)
      const negative = new Float64Array(ends.length)
      let from = 0
      ends.forEach((end, tie) => {
        for (let i = from; i < end; i++) {
          const row = order[i] as number
          const side = sample.labels[row] === 1 ? positive : negative
          side[tie] = (side[tie] as number) + (weights[row] as number)
        }
        from = end
      })
      const summary = empty()
      readRanking(positive, negative, summary)
      return summary
    },
    ofUnits(units) {
      const segments = new RankSegments(sample, order, ends, units)
      const summary = empty()
      const ones = new Float64Array(units.count).fill(1)
      const ks = names.includes('ks') ? ksReplicates(segments, units) : () => 0
      segments.add(ones)
      const gains = gainsReplicates(segments)
      const read = (counts: Float64Array): void => {
        segments.add(counts)
        readRanking(segments.positive, segments.negative, summary)
        summary.gains = gains()
      }
      // Coarser bins move every replicate alike: what they do to the estimate is taken off again.
      const exact = this.ofRows(sample.weights ?? new Float64Array(sample.rows).fill(1))
      read(ones)
      const shift = {
        auc: exact.auc - summary.auc,
        averagePrecision: exact.averagePrecision - summary.averagePrecision,
        gains: exact.gains - summary.gains,
      }
      return (counts) => {
        read(counts)
        summary.auc += shift.auc
        summary.averagePrecision += shift.averagePrecision
        summary.ks = ks()
        summary.gains += shift.gains
        return summary
      }
    },
  }
}

function missingClass(ranking: Ranking): string {
  if (ranking.positives + ranking.negatives === 0) return 'there are no rows'
  return ranking.positives === 0 ? 'no row is positive' : 'no row is negative'
}

const common = { direction: 'higher', margin: 'absolute', defaultMargin: absolute(0.01) } as const

/** Metrics of the order of the scores, exact with ties: rows are sorted once. */
export const rankingFamily = defineFamily<Ranking>('binary', prepareRanking, [
  {
    ...common,
    name: 'auc',
    defaultMargin: absolute(0.005),
    suspicious: 0.999,
    description: 'Area under the ROC curve: the chance that a positive row scores above a negative one (ties count ½).',
    value: (r) => r.auc,
    undefinedBecause: missingClass,
  },
  {
    ...common,
    name: 'pr-auc',
    lumpy: true,
    suspicious: 0.999,
    description: 'Area under the precision–recall curve, as average precision.',
    value: (r) => r.averagePrecision,
    undefinedBecause: missingClass,
  },
  {
    ...common,
    name: 'ks',
    inverted: true,
    suspicious: 0.998,
    description: 'Largest distance of the score distributions of positives and negatives (Kolmogorov–Smirnov), 0 … 1.',
    value: (r) => r.ks,
    undefinedBecause: missingClass,
  },
  {
    ...common,
    name: 'lift@10%',
    lumpy: true,
    defaultMargin: absolute(0.1),
    description: 'Share of positives among the 10 % of rows that score highest, divided by that among all rows.',
    value: (r) => r.gains / TOP_SHARE,
    undefinedBecause: missingClass,
  },
  {
    ...common,
    name: 'gains@10%',
    lumpy: true,
    onRequest: true,
    description: 'Share of all positives that are among the 10 % of rows that score highest.',
    value: (r) => r.gains,
    undefinedBecause: missingClass,
  },
])
