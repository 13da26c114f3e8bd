import { wilson } from '../stats/proportion.ts'
import { calibrationBin, CALIBRATION_BINS } from './metrics/probability.ts'
import type { Sample } from './sample.ts'
import type { Curve, Role } from './types.ts'

/**
 * The reliability curve: mean prediction against the share of positives, for each bin of the calibration error that has
 * rows. Wilson's interval of each share takes the weights for what they are worth: n = (Σw)²/Σw² rows.
 */
export function calibrationCurve(role: Role, sample: Sample, level: number): Curve {
  const bins = Array.from({ length: CALIBRATION_BINS }, () => ({ weight: 0, squares: 0, scores: 0, positives: 0 }))
  for (let i = 0; i < sample.rows; i++) {
    const bin = bins[calibrationBin(sample.scores[i] as number)]
    const weight = sample.weights === undefined ? 1 : (sample.weights[i] as number)
    if (bin === undefined) continue
    bin.weight += weight
    bin.squares += weight * weight
    bin.scores += weight * (sample.scores[i] as number)
    bin.positives += weight * (sample.labels[i] as number)
  }
  const filled = bins.filter((bin) => bin.weight > 0)
  const bounds = filled.map((bin) => {
    const worth = bin.weight ** 2 / bin.squares
    return wilson((bin.positives / bin.weight) * worth, worth, level)
  })
  return {
    kind: 'calibration',
    role,
    x: filled.map((bin) => bin.scores / bin.weight),
    y: filled.map((bin) => bin.positives / bin.weight),
    low: bounds.map((bound) => bound?.low ?? 0),
    high: bounds.map((bound) => bound?.high ?? 1),
    rows: filled.map((bin) => bin.weight),
  }
}
