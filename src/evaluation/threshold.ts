import { RefitError } from '../core/error.ts'
import { descendingOrder } from '../stats/order.ts'
import type { Labels, Predictions } from '../training/types.ts'
import { createSample, type Sample } from './sample.ts'
import { sampleWeights } from './scorer.ts'
import type { CostTable, Worth } from './worth.ts'

/**
 * The decision threshold of a binary model (positive when score ≥ threshold). Chosen on validation rows, never on the
 * holdout: `f1` and `value` take the cut between two neighbouring scores at which F1 or the total value of the decisions
 * is largest. 0.5 where the rows cannot say (no rows, one class, every score the same).
 *
 * @throws RefitError for `value` without a cost table or formula, or with a row that has no finite value.
 */
export function chooseThreshold(
  labels: Labels,
  predictions: Predictions,
  rule: 'f1' | 'value' | number,
  value?: CostTable | Worth,
  weights?: Float64Array,
): number {
  if (typeof rule === 'number') return rule
  if (rule === 'value' && value === undefined) {
    throw new RefitError('evaluation', 'the threshold is to be chosen by value, but no cost table is configured', {
      hint: 'Add evaluate.value with tp, fp, tn and fn, or set evaluate.threshold to f1 or a number.',
    })
  }
  const sample = createSample(labels, predictions, { value, weights })
  const rows = sample.rows
  if (sample.invalid !== undefined || !hasBothClasses(sample)) return 0.5
  const order = descendingOrder(sample.scores)
  const score = (place: number): number => sample.scores[order[place] as number] as number
  if (score(0) === score(rows - 1)) return 0.5
  const gain = rule === 'f1' ? f1Gain(sample) : valueGain(sample)
  let best = Number.NEGATIVE_INFINITY
  let threshold = 0.5
  // The top `decided` rows are positive.
  for (let decided = 0; decided <= rows; decided++) {
    const total = decided === 0 ? gain.none : gain.add(order[decided - 1] as number)
    if (decided > 0 && decided < rows && score(decided) === score(decided - 1)) continue
    if (total > best) {
      best = total
      threshold = cut(decided === 0 ? 1 : score(decided - 1), decided === rows ? 0 : score(decided), decided, rows)
    }
  }
  return threshold
}

function hasBothClasses(sample: Sample): boolean {
  return sample.labels.includes(0) && sample.labels.includes(1)
}

/** What is gained when no row is decided positive, and after deciding one more row so. */
interface Gain {
  readonly none: number
  add(row: number): number
}

function f1Gain(sample: Sample): Gain {
  const weights = sampleWeights(sample)
  const positives = sample.labels.reduce((sum, label, row) => sum + label * (weights[row] as number), 0)
  let hits = 0
  let decided = 0
  return {
    none: 0,
    add(row) {
      const weight = weights[row] as number
      decided += weight
      hits += weight * (sample.labels[row] as number)
      return (2 * hits) / (decided + positives)
    },
  }
}

function valueGain(sample: Sample): Gain {
  const weights = sampleWeights(sample)
  const worth = sample.worth as Worth
  if (worth.problem !== undefined) {
    throw new RefitError('evaluation', `the threshold cannot be chosen by value: ${worth.problem}`, {
      hint: 'Guard the formula, for example with max(fee, 1), or mend the data.',
    })
  }
  const none = worth.decidedNegative.reduce((sum, value, row) => sum + value * (weights[row] as number), 0)
  let total = none
  return {
    none,
    add(row) {
      const change = (worth.decidedPositive[row] as number) - (worth.decidedNegative[row] as number)
      total += change * (weights[row] as number)
      return total
    },
  }
}

/** Half way between the scores on either side, and outside of both at the ends. */
function cut(above: number, below: number, decided: number, rows: number): number {
  if (decided === rows) return 0
  const middle = below + (above - below) / 2
  // Neighbouring doubles have no middle: the upper score itself still decides as meant.
  return middle > below ? middle : above
}
