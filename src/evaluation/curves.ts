import { ascendingOrder, descendingOrder } from '../stats/order.ts'
import { sortedQuantile } from '../stats/quantile.ts'
import { calibrationCurve } from './calibration-curve.ts'
import { confusionCurve } from './confusion-curve.ts'
import type { Sample } from './sample.ts'
import { sampleWeights } from './scorer.ts'
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

/** The state of a ranking after all rows of one score: shares of positives and negatives, from the highest score down. */
interface Step {
  readonly score: number
  readonly positives: number
  readonly negatives: number
}

/** ROC, precision and recall, gains and the two score distributions, each thinned to evenly spaced steps along itself. */
function rankingCurves(role: Role, sample: Sample): readonly Curve[] {
  const steps = stepsOf(sample)
  const end = steps.at(-1)
  if (end === undefined || end.positives === 0 || end.negatives === 0) return []
  const [p, n] = [end.positives, end.negatives]
  const start = { score: Infinity, positives: 0, negatives: 0 }
  const draw = (kind: Curve['kind'], from: readonly Step[], x: (step: Step) => number, y: (step: Step) => number) => {
    const kept = thin(from, x, y)
    return { kind, role, x: kept.map(x), y: kept.map(y) }
  }
  const tpr = (step: Step): number => step.positives / p
  const fpr = (step: Step): number => step.negatives / n
  return [
    draw('roc', [start, ...steps], fpr, tpr),
    draw('pr', steps, tpr, (step) => step.positives / (step.positives + step.negatives)),
    draw('gains', [start, ...steps], (step) => (step.positives + step.negatives) / (p + n), tpr),
    ksCurve(role, steps, p, n),
  ]
}

/** Shares of positives and of negatives that score at or below each score. */
function ksCurve(role: Role, steps: readonly Step[], p: number, n: number): Curve {
  // A step counts the rows at or above its score; those at or below are what the step before it has left.
  const points = steps.map((step, i) => ({
    x: step.score,
    y: 1 - (steps[i - 1]?.positives ?? 0) / p,
    other: 1 - (steps[i - 1]?.negatives ?? 0) / n,
  }))
  const kept = thin(
    points.toReversed(),
    (point) => point.y,
    (point) => point.other,
  )
  return {
    kind: 'ks',
    role,
    x: kept.map((point) => point.x),
    y: kept.map((point) => point.y),
    other: kept.map((point) => point.other),
  }
}

function stepsOf(sample: Sample): readonly Step[] {
  const order = descendingOrder(sample.scores)
  const weights = sampleWeights(sample)
  const steps: Step[] = []
  let positives = 0
  let negatives = 0
  for (let i = 0; i < order.length; i++) {
    const row = order[i] as number
    if (sample.labels[row] === 1) positives += weights[row] as number
    else negatives += weights[row] as number
    const score = sample.scores[row] as number
    if (i + 1 < order.length && score === sample.scores[order[i + 1] as number]) continue
    // Rows without weight are no step.
    const before = steps.at(-1)
    if (positives + negatives > (before ? before.positives + before.negatives : 0)) {
      steps.push({ score, positives, negatives })
    }
  }
  return steps
}

/** Both ends, and points of about equal distance along the axes between them. */
function thin<Point>(
  points: readonly Point[],
  x: (point: Point) => number,
  y: (point: Point) => number,
): readonly Point[] {
  if (points.length <= MOST_POINTS) return points
  const ways: number[] = [0]
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1] as Point, points[i] as Point]
    ways.push((ways[i - 1] as number) + Math.abs(x(b) - x(a)) + Math.abs(y(b) - y(a)))
  }
  const step = (ways.at(-1) as number) / (MOST_POINTS - 2)
  let taken = 0
  return points.filter((_, i) => {
    const way = ways[i] as number
    if (i > 0 && i < points.length - 1 && way - taken < step) return false
    taken = way
    return true
  })
}

/** Mean prediction against mean truth in tenths of the rows, by rising prediction. */
function decileCurve(role: Role, sample: Sample): Curve {
  const parts = partsOf(sample, DECILES)
  const weights = sampleWeights(sample)
  return {
    kind: 'deciles',
    role,
    x: parts.map((rows) => meanOf(rows, sample.scores, weights)),
    y: parts.map((rows) => meanOf(rows, sample.labels, weights)),
    rows: parts.map((rows) => rows.reduce((sum, row) => sum + (weights[row] as number), 0)),
  }
}

/** Predicted − true over the prediction: median, 10 and 90 % quantile in bands of as many rows. */
function residualCurve(role: Role, sample: Sample): Curve {
  const parts = partsOf(sample, BANDS)
  const weights = sampleWeights(sample)
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
    rows: parts.map((rows) => rows.reduce((sum, row) => sum + (weights[row] as number), 0)),
  }
}

/** The rows that count by rising prediction, in so many parts. */
function partsOf(sample: Sample, most: number): readonly Uint32Array[] {
  const order = ascendingOrder(sample.scores).filter((row) => (sample.weights?.[row] ?? 1) > 0)
  const parts = Math.min(most, order.length)
  return Array.from({ length: parts }, (_, part) =>
    order.subarray(Math.floor((part * order.length) / parts), Math.floor(((part + 1) * order.length) / parts)),
  )
}

function meanOf(rows: Uint32Array, values: Float64Array, weights: Float64Array): number {
  let sum = 0
  let total = 0
  for (const row of rows) {
    sum += (values[row] as number) * (weights[row] as number)
    total += weights[row] as number
  }
  return sum / total
}
