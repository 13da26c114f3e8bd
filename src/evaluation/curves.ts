import { sortedQuantile } from '../stats/quantile.ts'
import { calibrationCurve } from './calibration-curve.ts'
import { confusionCurve } from './confusion-curve.ts'
import { rankOrder, riseOrder } from './metrics/rank-order.ts'
import type { Sample } from './sample.ts'
import type { Curve, Role } from './types.ts'

const MOST_POINTS = 60
const DECILES = 10
const BANDS = 20

/** Points for the charts of one model; rows count with their weights. */
export function curvesOf(role: Role, sample: Sample, level: number): readonly Curve[] {
  if (sample.invalid !== undefined || sample.rows === 0) return []
  if (sample.task === 'multiclass') return [confusionCurve(role, sample)]
  if (sample.task === 'regression') return [decileCurve(role, sample), residualCurve(role, sample)]
  return [...rankingCurves(role, sample), calibrationCurve(role, sample, level), confusionCurve(role, sample)].filter(
    (curve) => curve.x.length > 0,
  )
}

/** The state of a ranking after all rows of each score: weights of positives and negatives so far, from the highest score down. */
interface Steps {
  readonly count: number
  readonly score: (step: number) => number
  readonly positives: Float64Array | Uint32Array
  readonly negatives: Float64Array | Uint32Array
}

/** ROC, precision and recall, gains and the two score distributions, each thinned to evenly spaced steps along itself. */
function rankingCurves(role: Role, sample: Sample): readonly Curve[] {
  const { count, score, positives, negatives } = stepsOf(sample)
  const p = positives[count - 1] ?? 0
  const n = negatives[count - 1] ?? 0
  if (p === 0 || n === 0) return []
  const above = (step: number): number => (step < 0 ? 0 : (positives[step] as number))
  const aboveNegative = (step: number): number => (step < 0 ? 0 : (negatives[step] as number))
  const tpr = (step: number): number => above(step) / p
  const fpr = (step: number): number => aboveNegative(step) / n
  const draw = (kind: Curve['kind'], from: number, x: (step: number) => number, y: (step: number) => number) => {
    const kept = thin(
      count - from,
      (i) => x(from + i),
      (i) => y(from + i),
    )
    return { kind, role, x: kept.map((i) => x(from + i)), y: kept.map((i) => y(from + i)) }
  }
  // A step counts the rows at or above its score; those at or below are what the step before it has left. Lowest first.
  const left = (i: number): number => 1 - above(count - 2 - i) / p
  const leftNegative = (i: number): number => 1 - aboveNegative(count - 2 - i) / n
  const kept = thin(count, left, leftNegative)
  return [
    // −1 is before the first step: nothing is above an infinite score.
    draw('roc', -1, fpr, tpr),
    draw('pr', 0, tpr, (step) => above(step) / (above(step) + aboveNegative(step))),
    draw('gains', -1, (step) => (above(step) + aboveNegative(step)) / (p + n), tpr),
    {
      kind: 'ks',
      role,
      x: kept.map((i) => score(count - 1 - i)),
      y: kept.map(left),
      other: kept.map(leftNegative),
    },
  ]
}

function stepsOf({ scores, labels, weights }: Sample): Steps {
  const order = rankOrder(scores)
  const last = new Uint32Array(order.length)
  const sums = (): Float64Array | Uint32Array =>
    weights === undefined ? new Uint32Array(order.length) : new Float64Array(order.length)
  const [positives, negatives] = [sums(), sums()]
  let count = 0
  let p = 0
  let n = 0
  for (let i = 0; i < order.length; i++) {
    const row = order[i] as number
    const weight = weights === undefined ? 1 : (weights[row] as number)
    if (labels[row] === 1) p += weight
    else n += weight
    if (i + 1 < order.length && scores[row] === scores[order[i + 1] as number]) continue
    // Rows without weight are no step.
    if (p + n > (count > 0 ? (positives[count - 1] as number) + (negatives[count - 1] as number) : 0)) {
      last[count] = row
      positives[count] = p
      negatives[count] = n
      count++
    }
  }
  return { count, score: (step) => scores[last[step] as number] as number, positives, negatives }
}

/** Of so many points: both ends, and some of about equal distance along the axes between them. */
function thin(count: number, x: (i: number) => number, y: (i: number) => number): readonly number[] {
  if (count <= MOST_POINTS) return Array.from({ length: count }, (_, i) => i)
  let total = 0
  for (let i = 1; i < count; i++) total += Math.abs(x(i) - x(i - 1)) + Math.abs(y(i) - y(i - 1))
  const step = total / (MOST_POINTS - 2)
  const kept = [0]
  let way = 0
  let taken = 0
  for (let i = 1; i < count - 1; i++) {
    way += Math.abs(x(i) - x(i - 1)) + Math.abs(y(i) - y(i - 1))
    if (way - taken < step) continue
    taken = way
    kept.push(i)
  }
  return [...kept, count - 1]
}

/** Mean prediction against mean truth in tenths of the rows, by rising prediction. */
function decileCurve(role: Role, sample: Sample): Curve {
  const parts = partsOf(sample, DECILES)
  const { weights } = sample
  return {
    kind: 'deciles',
    role,
    x: parts.map((rows) => meanOf(rows, sample.scores, weights)),
    y: parts.map((rows) => meanOf(rows, sample.labels, weights)),
    rows: parts.map((rows) => weightOf(rows, weights)),
  }
}

/** Predicted − true over the prediction: median, 10 and 90 % quantile in bands of as many rows. */
function residualCurve(role: Role, sample: Sample): Curve {
  const parts = partsOf(sample, BANDS)
  const { weights } = sample
  const errors = parts.map((rows) =>
    Float64Array.from(rows, (row) => (sample.scores[row] as number) - (sample.labels[row] as number)).sort(),
  )
  return {
    kind: 'residual',
    role,
    x: parts.map((rows) => meanOf(rows, sample.scores, weights)),
    y: errors.map((sorted) => sortedQuantile(sorted, 0.5)),
    low: errors.map((sorted) => sortedQuantile(sorted, 0.1)),
    high: errors.map((sorted) => sortedQuantile(sorted, 0.9)),
    rows: parts.map((rows) => weightOf(rows, weights)),
  }
}

/** The rows that count by rising prediction, in so many parts. */
function partsOf({ scores, weights }: Sample, most: number): readonly Uint32Array[] {
  const ascending = riseOrder(scores)
  const order = weights ? ascending.filter((row) => (weights[row] as number) > 0) : ascending
  const parts = Math.min(most, order.length)
  return Array.from({ length: parts }, (_, part) =>
    order.subarray(Math.floor((part * order.length) / parts), Math.floor(((part + 1) * order.length) / parts)),
  )
}

function weightOf(rows: Uint32Array, weights: Float64Array | undefined): number {
  return weights ? rows.reduce((sum, row) => sum + (weights[row] as number), 0) : rows.length
}

function meanOf(rows: Uint32Array, values: Float64Array, weights: Float64Array | undefined): number {
  let sum = 0
  for (const row of rows) sum += (values[row] as number) * (weights === undefined ? 1 : (weights[row] as number))
  return sum / weightOf(rows, weights)
}
