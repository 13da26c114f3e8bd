import type { Drawn } from '../../stats/drawn.ts'
import type { Sample } from '../sample.ts'
import { aucReplicates, FEWEST_UNITS } from './auc-replicates.ts'
import { absolute, defineFamily, type Family, type MetricDefinition, type Summariser } from './family.ts'
import { ksReplicates } from './ks-replicates.ts'
import { rankOrder } from './rank-order.ts'
import { RankSegments, tieEnds } from './rank-segments.ts'
import { gainsReplicates } from './top-replicates.ts'

/** The share of the rows that a campaign reaches, where a name does not say another. */
const TENTH = 0.1

/** What the metrics are read off. */
export interface Ranking {
  positives: number
  negatives: number
  /** Share of the pairs of a positive and a negative in which the positive scores higher, ties ½. */
  auc: number
  /** Σ over thresholds of the precision there × the share of the positives that it adds. */
  averagePrecision: number
  /** Largest distance of the distributions of the scores of positives and negatives. */
  ks: number
  /** Share of the positives among the rows that score highest, as many as a campaign reaches. */
  gains: number
}

/**
 * Reads everything off the weights of positives and negatives at each score, from the highest down.
 *
 * AUC = (Σ_{positive i, negative j} [sᵢ > sⱼ] + ½[sᵢ = sⱼ]) / (P·N), the Mann–Whitney statistic.
 * PR AUC = Σ_t (R_t − R_{t−1})·P_t over distinct scores t: average precision, without interpolation (as scikit-learn).
 */
class RankReader {
  #above = 0
  #aboveNegative = 0
  #pairs = 0
  #precision = 0
  #ks = 0
  #found = -1
  readonly #positives: number
  readonly #negatives: number
  readonly #top: number

  constructor(positives: number, negatives: number, share: number) {
    this.#positives = positives
    this.#negatives = negatives
    this.#top = share * (positives + negatives)
  }

  /** The weights at the next lower score. */
  add(p: number, q: number): void {
    if (p + q === 0) return
    const before = this.#above + this.#aboveNegative
    // Rows of one score that straddle the limit are taken in proportion.
    if (this.#found < 0 && before + p + q >= this.#top) this.#found = this.#above + (p * (this.#top - before)) / (p + q)
    this.#pairs += q * (this.#above + p / 2)
    this.#above += p
    this.#aboveNegative += q
    if (p > 0) this.#precision += (p * this.#above) / (this.#above + this.#aboveNegative)
    const distance = Math.abs(this.#above / this.#positives - this.#aboveNegative / this.#negatives)
    if (distance > this.#ks) this.#ks = distance
  }

  read(out: Ranking): void {
    const positives = this.#positives
    const negatives = this.#negatives
    out.positives = positives
    out.negatives = negatives
    out.auc = this.#pairs / (positives * negatives)
    out.averagePrecision = this.#precision / positives
    out.ks = positives > 0 && negatives > 0 ? this.#ks : Number.NaN
    out.gains = this.#found / positives
  }
}

/** Of bins of scores. */
function readBins({ positive, negative }: RankSegments, share: number, out: Ranking): void {
  let positives = 0
  let negatives = 0
  for (let i = 0; i < positive.length; i++) {
    positives += positive[i] as number
    negatives += negative[i] as number
  }
  const reader = new RankReader(positives, negatives, share)
  for (let i = 0; i < positive.length; i++) reader.add(positive[i] as number, negative[i] as number)
  reader.read(out)
}

/** Of the rows themselves, score by score. */
function readRows(sample: Sample, weights: Float64Array | undefined, share: number): Ranking {
  const { labels, scores } = sample
  const order = rankOrder(scores)
  let positives = 0
  let negatives = 0
  for (let row = 0; row < labels.length; row++) {
    const weight = weights === undefined ? 1 : (weights[row] as number)
    if (labels[row] === 1) positives += weight
    else negatives += weight
  }
  const reader = new RankReader(positives, negatives, share)
  for (let i = 0; i < order.length;) {
    const score = scores[order[i] as number]
    let p = 0
    let q = 0
    do {
      const row = order[i++] as number
      const weight = weights === undefined ? 1 : (weights[row] as number)
      if (labels[row] === 1) p += weight
      else q += weight
    } while (i < order.length && scores[order[i] as number] === score)
    reader.add(p, q)
  }
  const summary = empty()
  reader.read(summary)
  return summary
}

const empty = (): Ranking => ({ positives: 0, negatives: 0, auc: 0, averagePrecision: 0, ks: 0, gains: 0 })

function prepareRanking(sample: Sample, names: readonly string[], share = TENTH): Summariser<Ranking> {
  return {
    ofRows: (weights) => readRows(sample, weights, share),
    ofUnits(units) {
      const summary = empty()
      if (names.every((name) => name === 'auc') && units.count >= FEWEST_UNITS * units.block) {
        return aucReplicates(sample, units, summary)
      }
      const order = rankOrder(sample.scores)
      const segments = new RankSegments(sample, order, tieEnds(sample.scores, order), units)
      const ones = new Float64Array(units.count).fill(1)
      const ks = names.includes('ks') ? ksReplicates(segments, units) : () => 0
      segments.add(ones)
      const gains = gainsReplicates(segments, share)
      const read = (counts: Float64Array, drawn?: Drawn): void => {
        segments.add(counts, drawn)
        readBins(segments, share, summary)
        summary.gains = gains()
      }
      // Coarser bins move every replicate alike: what they do to the estimate is taken off again.
      const exact = readRows(sample, sample.weights, share)
      read(ones)
      const shift = {
        auc: exact.auc - summary.auc,
        averagePrecision: exact.averagePrecision - summary.averagePrecision,
        gains: exact.gains - summary.gains,
      }
      return (counts, drawn) => {
        read(counts, drawn)
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

const percentOf = (share: number): number => Number((100 * share).toPrecision(12))

const lift = (share: number, onRequest?: true): MetricDefinition<Ranking> => ({
  ...common,
  name: `lift@${percentOf(share)}%`,
  lumpy: true,
  ...(onRequest && { onRequest }),
  defaultMargin: absolute(0.1),
  description: `Share of positives among the ${percentOf(share)} % of rows that score highest, divided by that among all rows.`,
  value: (r) => r.gains / share,
  rests: (r) => Math.min(r.positives, r.negatives),
  undefinedBecause: missingClass,
})

const gains = (share: number, onRequest?: true): MetricDefinition<Ranking> => ({
  ...common,
  name: `gains@${percentOf(share)}%`,
  lumpy: true,
  ...(onRequest && { onRequest }),
  description: `Share of all positives that are among the ${percentOf(share)} % of rows that score highest.`,
  value: (r) => r.gains,
  rests: (r) => Math.min(r.positives, r.negatives),
  undefinedBecause: missingClass,
})

const topFamily = (of: typeof lift, percent: number): Family =>
  defineFamily<Ranking>('binary', (sample, names) => prepareRanking(sample, names, percent / 100), [
    of(percent / 100, true),
  ])

/** Lift among any share of the rows: `percent` 5 for the 5 % that score highest. */
export const liftFamily = (percent: number): Family => topFamily(lift, percent)

/** Gains of any share of the rows. */
export const gainsFamily = (percent: number): Family => topFamily(gains, percent)

/** Metrics of the order of the scores, exact with ties: rows are sorted once. */
export const rankingFamily = defineFamily<Ranking>('binary', (sample, names) => prepareRanking(sample, names), [
  {
    ...common,
    name: 'auc',
    defaultMargin: absolute(0.005),
    description: 'Area under the ROC curve: the chance that a positive row scores above a negative one (ties count ½).',
    value: (r) => r.auc,
    undefinedBecause: missingClass,
  },
  {
    ...common,
    name: 'pr-auc',
    lumpy: true,
    description: 'Area under the precision–recall curve, as average precision.',
    value: (r) => r.averagePrecision,
    undefinedBecause: missingClass,
  },
  {
    ...common,
    name: 'ks',
    inverted: true,
    description: 'Largest distance of the score distributions of positives and negatives (Kolmogorov–Smirnov), 0 … 1.',
    value: (r) => r.ks,
    // The distance of two distributions at one score hangs on the rows around it.
    rests: (r) => 0.4 * Math.min(r.positives, r.negatives),
    undefinedBecause: missingClass,
  },
  lift(TENTH),
  gains(TENTH, true),
])
