import { absolute, defineFamily, NO_ROWS, ratio, summed } from './family.ts'

/** Bins of equal width that calibration is measured on: bin i holds i/10 ≤ p < (i+1)/10, the last one 1 too. */
export const CALIBRATION_BINS = 10

export function calibrationBin(score: number): number {
  return Math.min(CALIBRATION_BINS - 1, Math.floor(score * CALIBRATION_BINS))
}

/** Probabilities are moved this far from 0 and 1 before a logarithm (2⁻⁵², as scikit-learn for 64-bit floats). */
export const LOG_EPSILON = Number.EPSILON

export function logLoss(probabilityOfTruth: number): number {
  return -Math.log(Math.min(1 - LOG_EPSILON, Math.max(LOG_EPSILON, probabilityOfTruth)))
}

interface Probability {
  readonly weight: number
  readonly log: number
  readonly squared: number
  /** Σ_bins |Σ weight·(p − y)|. */
  readonly miscalibrated: number
}

/** Metrics of the probabilities themselves, without a threshold. */
export const probabilityFamily = defineFamily<Probability>(
  'binary',
  (sample, names) => {
    const rows = sample.rows
    const log = new Float64Array(rows)
    const squared = new Float64Array(rows)
    const error = new Float64Array(rows)
    const bin = new Uint8Array(rows)
    for (let i = 0; i < rows; i++) {
      const score = sample.scores[i] as number
      const label = sample.labels[i] as number
      log[i] = logLoss(label === 1 ? score : 1 - score)
      error[i] = score - label
      squared[i] = (score - label) ** 2
      bin[i] = calibrationBin(score)
    }
    const cells = names.includes('ece') ? [{ count: CALIBRATION_BINS, code: bin, values: error }] : []
    return summed(sample, { rows, columns: [log, squared], cells }, (sums) => {
      let miscalibrated = 0
      for (let i = 3; i < sums.length; i++) miscalibrated += Math.abs(sums[i] as number)
      return { weight: sums[0] as number, log: sums[1] as number, squared: sums[2] as number, miscalibrated }
    })
  },
  [
    {
      name: 'log-loss',
      direction: 'lower',
      margin: 'absolute',
      defaultMargin: absolute(0.005),
      suspicious: 0.001,
      description: 'Mean of −ln P(truth); 0 is perfect.',
      value: (p) => ratio(p.log, p.weight),
      undefinedBecause: NO_ROWS,
    },
    {
      name: 'brier',
      direction: 'lower',
      margin: 'absolute',
      defaultMargin: absolute(0.002),
      suspicious: 0.0005,
      description: 'Mean of (p − y)²; 0 is perfect.',
      value: (p) => ratio(p.squared, p.weight),
      undefinedBecause: NO_ROWS,
    },
    {
      name: 'ece',
      direction: 'lower',
      margin: 'absolute',
      defaultMargin: absolute(0.01),
      oneSided: true,
      description: 'Expected calibration error on 10 bins of equal width: Σ (n_b/n)·|mean y − mean p|.',
      value: (p) => ratio(p.miscalibrated, p.weight),
      undefinedBecause: NO_ROWS,
    },
  ],
)
