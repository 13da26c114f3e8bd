import { absolute, defineFamily, ratio } from './family.ts'

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
  weight: number
  log: number
  squared: number
  /** Σ_bins |Σ weight·(p − y)|. */
  miscalibrated: number
}

/** Metrics of the probabilities themselves, without a threshold. */
export const probabilityFamily = defineFamily<Probability>(
  'binary',
  (sample) => {
    const rows = sample.rows
    const log = new Float64Array(rows)
    const error = new Float64Array(rows)
    const bin = new Uint8Array(rows)
    for (let i = 0; i < rows; i++) {
      const score = sample.scores[i] as number
      const label = sample.labels[i] as number
      log[i] = logLoss(label === 1 ? score : 1 - score)
      error[i] = score - label
      bin[i] = calibrationBin(score)
    }
    const gap = new Float64Array(CALIBRATION_BINS)
    const summary: Probability = { weight: 0, log: 0, squared: 0, miscalibrated: 0 }
    return (weights) => {
      let weight = 0
      let logSum = 0
      let squared = 0
      gap.fill(0)
      for (let i = 0; i < rows; i++) {
        const w = weights[i] as number
        const weighted = w * (error[i] as number)
        const b = bin[i] as number
        weight += w
        logSum += w * (log[i] as number)
        squared += weighted * (error[i] as number)
        gap[b] = (gap[b] as number) + weighted
      }
      summary.weight = weight
      summary.log = logSum
      summary.squared = squared
      summary.miscalibrated = 0
      for (const sum of gap) summary.miscalibrated += Math.abs(sum)
      return summary
    }
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
      undefinedBecause: () => 'there are no rows',
    },
    {
      name: 'brier',
      direction: 'lower',
      margin: 'absolute',
      defaultMargin: absolute(0.002),
      suspicious: 0.0005,
      description: 'Mean of (p − y)²; 0 is perfect.',
      value: (p) => ratio(p.squared, p.weight),
      undefinedBecause: () => 'there are no rows',
    },
    {
      name: 'ece',
      direction: 'lower',
      margin: 'absolute',
      defaultMargin: absolute(0.01),
      description: 'Expected calibration error on 10 bins of equal width: Σ (n_b/n)·|mean y − mean p|.',
      value: (p) => ratio(p.miscalibrated, p.weight),
      undefinedBecause: () => 'there are no rows',
    },
  ],
)
