import type { Drawn } from '../../stats/drawn.ts'
import { tabulate } from '../../stats/sum-table.ts'
import { type LongTerms, sumRows, type Terms, termsOf } from '../../stats/sums.ts'
import type { Units } from '../../stats/units.ts'
import type { Sample } from '../sample.ts'
import { absolute, defineFamily, NO_ROWS, ratio, type Summariser } from './family.ts'

/** Bins of equal width that calibration is measured on: bin i holds i/10 ≤ p < (i+1)/10, the last one 1 too. */
export const CALIBRATION_BINS = 10

export function calibrationBin(score: number): number {
  return Math.min(CALIBRATION_BINS - 1, Math.floor(score * CALIBRATION_BINS))
}

/** Probabilities are moved this far from 0 and 1 before a logarithm (2⁻⁵², as scikit-learn for 64-bit floats). */
const LOG_EPSILON = Number.EPSILON

export function logLoss(probabilityOfTruth: number): number {
  return -Math.log(Math.min(1 - LOG_EPSILON, Math.max(LOG_EPSILON, probabilityOfTruth)))
}

interface Probability {
  weight: number
  log: number
  squared: number
  /** Σ_bins |Σ weight·(p − y)| / Σ weight. */
  miscalibrated: number
}

/** Places among the sums: Σ w, log, squared, then the gap of each bin. */
const GAPS = 3

function readSums(sums: Float64Array): Probability {
  let gaps = 0
  for (let i = GAPS; i < sums.length; i++) gaps += Math.abs(sums[i] as number)
  return {
    weight: sums[0] as number,
    log: sums[1] as number,
    squared: sums[2] as number,
    miscalibrated: ratio(gaps, sums[0] as number),
  }
}

/**
 * Summaries of resamples. The calibration error of n rows is too large by about the noise of its bins, for a gap counts
 * whichever side it is on, and resampling adds that noise once more: percentiles of resampled calibration errors lie too
 * high, the more so the better the model is calibrated. So a test is inverted: with the noise d of a resample, which s
 * times the measured gaps g would have been measured as what was, Σ|s·g_b + d_b| = Σ|g_b|? The quantiles of s·Σ|g_b| over
 * the resamples are the calibration errors that the data does not reject. 0 where the noise alone is more.
 */
function ofUnits(
  sample: Sample,
  terms: Terms | LongTerms,
  units: Units,
): (counts: Float64Array, drawn?: Drawn) => Probability {
  const table = tabulate(terms, units, sample.weights)
  const sums = table.add(new Float64Array(units.count).fill(1))
  const summary = readSums(sums)
  const gaps = sums.slice(GAPS).map((sum) => sum / summary.weight)
  const noise = new Float64Array(gaps.length)
  const measured = summary.miscalibrated
  return (counts, how) => {
    const drawn = table.add(counts, how)
    summary.weight = drawn[0] as number
    summary.log = drawn[1] as number
    summary.squared = drawn[2] as number
    for (let b = 0; b < gaps.length; b++) noise[b] = (drawn[GAPS + b] as number) / summary.weight - (gaps[b] as number)
    summary.miscalibrated = measured * scaleOf(gaps, noise, measured)
    return summary
  }
}

/** The largest s ≥ 0 with Σ|s·gap + noise| = measured; 0 where there is none. Newton's steps from the right: the sum is convex. */
function scaleOf(gaps: Float64Array, noise: Float64Array, measured: number): number {
  let total = 0
  for (const one of noise) total += Math.abs(one)
  if (measured === 0) return 0
  let scale = 1 + total / measured
  for (let step = 0; step < 50; step++) {
    let value = -measured
    let slope = 0
    for (let b = 0; b < gaps.length; b++) {
      const gap = gaps[b] as number
      const shifted = scale * gap + (noise[b] as number)
      value += Math.abs(shifted)
      slope += shifted >= 0 ? gap : -gap
    }
    if (value <= 1e-12 * measured) return scale
    scale -= value / slope
    if (!(slope > 0) || scale <= 0) return 0
  }
  return scale
}

function termsOfRows({ scores, labels }: Sample, from: number, to: number, binned: boolean): Terms {
  const rows = to - from
  const log = new Float64Array(rows)
  const squared = new Float64Array(rows)
  const error = new Float64Array(binned ? rows : 0)
  const bin = new Uint8Array(binned ? rows : 0)
  for (let i = 0; i < rows; i++) {
    const score = scores[from + i] as number
    const label = labels[from + i] as number
    log[i] = logLoss(label === 1 ? score : 1 - score)
    squared[i] = (score - label) ** 2
    if (!binned) continue
    error[i] = score - label
    bin[i] = calibrationBin(score)
  }
  return { rows, columns: [log, squared], cells: binned ? [{ count: CALIBRATION_BINS, code: bin, values: error }] : [] }
}

/** Metrics of the probabilities themselves, without a threshold. */
export const probabilityFamily = defineFamily<Probability>(
  'binary',
  (sample, names) => {
    const binned = names.includes('ece')
    const terms = termsOf(sample.rows, (from, to) => termsOfRows(sample, from, to, binned))
    return {
      ofRows: (weights) => readSums(sumRows(terms, weights)),
      ofUnits: (units) => ofUnits(sample, terms, units),
    } satisfies Summariser<Probability>
  },
  [
    {
      name: 'log-loss',
      direction: 'lower',
      margin: 'absolute',
      defaultMargin: absolute(0.005),
      description: 'Mean of −ln P(truth); 0 is perfect.',
      value: (p) => ratio(p.log, p.weight),
      undefinedBecause: NO_ROWS,
    },
    {
      name: 'brier',
      direction: 'lower',
      margin: 'absolute',
      defaultMargin: absolute(0.002),
      description: 'Mean of (p − y)²; 0 is perfect.',
      value: (p) => ratio(p.squared, p.weight),
      undefinedBecause: NO_ROWS,
    },
    {
      name: 'ece',
      direction: 'lower',
      margin: 'absolute',
      defaultMargin: absolute(0.01),
      inverted: true,
      description: 'Expected calibration error on 10 bins of equal width: Σ (n_b/n)·|mean y − mean p|.',
      value: (p) => (p.weight > 0 ? p.miscalibrated : Number.NaN),
      undefinedBecause: NO_ROWS,
    },
  ],
)
