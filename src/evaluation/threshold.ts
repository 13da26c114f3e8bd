import { RefitError } from '../core/error.ts'
import type { Labels, Predictions } from '../training/types.ts'
import { totalValue } from './metrics/confusion.ts'
import { fallingOrder } from './metrics/ranking.ts'
import { type CostTable, createSample } from './sample.ts'

/**
 * The decision threshold of a binary model (positive when score ≥ threshold). Chosen on validation rows, never on the
 * holdout: `f1` and `value` take the cut between two neighbouring scores at which F1 or the total value of the decisions
 * is largest. 0.5 where the rows cannot say (no rows, one class, every score the same).
 *
 * @throws RefitError for `value` without a cost table.
 */
export function chooseThreshold(
  labels: Labels,
  predictions: Predictions,
  rule: 'f1' | 'value' | number,
  value?: CostTable,
): number {
  if (typeof rule === 'number') return rule
  if (rule === 'value' && value === undefined) {
    throw new RefitError('evaluation', 'the threshold is to be chosen by value, but no cost table is configured', {
      hint: 'Add evaluate.value with tp, fp, tn and fn, or set evaluate.threshold to f1 or a number.',
    })
  }
  const sample = createSample(labels, predictions)
  let positives = 0
  for (const label of sample.labels) positives += label
  const rows = sample.rows
  if (sample.invalid !== undefined || positives === 0 || positives === rows) return 0.5

  const order = fallingOrder(sample.scores)
  const score = (place: number): number => sample.scores[order[place] as number] as number
  if (score(0) === score(rows - 1)) return 0.5
  let best = Number.NEGATIVE_INFINITY
  let threshold = 0.5
  let tp = 0
  // The top `decided` rows are positive.
  for (let decided = 0; decided <= rows; decided++) {
    if (decided > 0) tp += sample.labels[order[decided - 1] as number] as number
    if (decided > 0 && decided < rows && score(decided) === score(decided - 1)) continue
    const fp = decided - tp
    const gain =
      rule === 'f1'
        ? (2 * tp) / (decided + positives)
        : totalValue({ tp, fp, fn: positives - tp, tn: rows - positives - fp }, value as CostTable)
    if (gain > best) {
      best = gain
      threshold = cut(decided === 0 ? 1 : score(decided - 1), decided === rows ? 0 : score(decided), decided, rows)
    }
  }
  return threshold
}

/** Half way between the scores on either side, and outside of both at the ends. */
function cut(above: number, below: number, decided: number, rows: number): number {
  if (decided === rows) return 0
  const middle = below + (above - below) / 2
  // Neighbouring doubles have no middle: the upper score itself still decides as meant.
  return middle > below ? middle : above
}
