import { mcnemar, wilson } from '../stats/proportion.ts'
import type { Churn } from './evidence.ts'
import { outcomes } from './metrics/confusion.ts'
import { decisions } from './metrics/decisions.ts'
import type { Sample } from './sample.ts'
import type { Interval } from './types.ts'

/** A regression's prediction has changed when it moves by more than this share of the labels' standard deviation. */
const MOVED = 0.1

/**
 * Prediction churn between champion and candidate on the same rows: how many decisions flip, and how many of them turn
 * from right to wrong and from wrong to right. A better model may still break much that people rely on.
 *
 * Yan et al. (2021), “Positive-Congruent Training: Towards Regression-Free Model Updates”, CVPR.
 */
export function churnOf(candidate: Sample, champion: Sample, level: number): Churn | undefined {
  if (candidate.invalid !== undefined || champion.invalid !== undefined || candidate.rows === 0) return undefined
  const rows = candidate.rows
  const { weights } = candidate
  const tolerance = candidate.task === 'regression' ? MOVED * spread(candidate.labels) : undefined
  const one = decided(candidate)
  const other = decided(champion)
  let total = 0
  let squares = 0
  let flipped = 0
  let wrong = 0
  let newlyWrong = 0
  let newlyRight = 0
  for (let i = 0; i < rows; i++) {
    const weight = weights === undefined ? 1 : (weights[i] as number)
    total += weight
    squares += weight * weight
    const a = one[i] as number
    const b = other[i] as number
    if (tolerance !== undefined ? Math.abs(a - b) <= tolerance : a === b) continue
    flipped += weight
    if (a === candidate.labels[i]) newlyRight++
    if (b === candidate.labels[i]) {
      newlyWrong++
      wrong += weight
    }
  }
  if (!(total > 0)) return undefined
  // Kish: unequal weights tell as much as so many equal ones.
  const effective = (total * total) / squares
  const classes = candidate.task !== 'regression'
  return {
    rows,
    share: flipped / total,
    interval: shareInterval(flipped / total, effective, level),
    ...(tolerance === undefined ? {} : { tolerance }),
    newlyWrong: classes ? newlyWrong : null,
    newlyRight: classes ? newlyRight : null,
    newlyWrongShare: classes ? wrong / total : null,
    newlyWrongInterval: classes ? shareInterval(wrong / total, effective, level) : null,
    pValue: classes ? mcnemar(newlyWrong, newlyRight).midP : null,
  }
}

/** The decided class of each row, or its prediction. */
function decided(sample: Sample): ArrayLike<number> {
  if (sample.task === 'regression') return sample.scores
  // Of two classes, the decision is the last bit of the outcome.
  return sample.task === 'binary' ? outcomes(sample).map((code) => code & 1) : decisions(sample)
}

function spread(values: Float64Array): number {
  let mean = 0
  let squares = 0
  values.forEach((value, i) => {
    const step = value - mean
    mean += step / (i + 1)
    squares += step * (value - mean)
  })
  return Math.sqrt(squares / values.length)
}

/** Wilson's interval of a share of n rows. */
export function shareInterval(share: number, n: number, level: number): Interval | null {
  const bounds = wilson(share * n, n, level)
  return bounds && { ...bounds, level, method: 'Wilson' }
}
