import type { Knots } from './isotonic.ts'

const ITERATIONS = 50
const KNOTS = 65
/** Scores nearer to 0 or 1 than this have no further logit. */
const EDGE = 1e-6

/**
 * Platt's calibration on the logit of the score: P(positive) = 1 / (1 + exp(−(a·logit(s) + b))), fitted by Newton's method
 * with Platt's targets, (n₁ + 1)/(n₁ + 2) for positive rows and 1/(n₀ + 2) for negative ones, which keep a and b finite. Two
 * parameters: the choice for few rows. `slope` is kept from falling below 0. Returned as knots over the scores.
 *
 * Platt (1999), “Probabilistic outputs for support vector machines”; Lin, Lin & Weng (2007) for the numerics.
 *
 * @example fitPlatt([0.2, 0.8], [0, 1]).x.length // 65
 */
export function fitPlatt(scores: ArrayLike<number>, labels: ArrayLike<number>): Knots {
  const n = scores.length
  let positives = 0
  for (let i = 0; i < n; i++) positives += labels[i] as number
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (n - positives + 2)]
  const x = Float64Array.from({ length: n }, (_, i) => logit(scores[i] as number))
  let slope = 0
  let intercept = Math.log((positives + 1) / (n - positives + 1))
  let loss = lossAt(x, labels, high, low, slope, intercept)
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 1e-9, 0, 1e-9]
    for (let i = 0; i < n; i++) {
      const xi = x[i] as number
      const p = sigmoid(slope * xi + intercept)
      const error = p - (labels[i] === 1 ? high : low)
      const curve = p * (1 - p)
      ga += error * xi
      gb += error
      haa += curve * xi * xi
      hab += curve * xi
      hbb += curve
    }
    const determinant = haa * hbb - hab * hab
    const [da, db] = [(hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant]
    if (!Number.isFinite(da) || !Number.isFinite(db) || Math.abs(da) + Math.abs(db) < 1e-10) break
    // Newton's step may overshoot: half of it, and half of that, until the loss falls.
    let step = 1
    let next = Infinity
    while (step > 1e-6) {
      next = lossAt(x, labels, high, low, slope - step * da, intercept - step * db)
      if (next <= loss) break
      step /= 2
    }
    if (next > loss) break
    slope -= step * da
    intercept -= step * db
    loss = next
  }
  const a = Math.max(0, slope)
  const at = Array.from({ length: KNOTS }, (_, i) => sigmoid(-8 + (16 * i) / (KNOTS - 1)))
  return { x: at, y: at.map((score) => sigmoid(a * logit(score) + intercept)) }
}

function lossAt(
  x: Float64Array,
  labels: ArrayLike<number>,
  high: number,
  low: number,
  slope: number,
  intercept: number,
): number {
  let loss = 0
  for (let i = 0; i < x.length; i++) {
    const z = slope * (x[i] as number) + intercept
    const target = labels[i] === 1 ? high : low
    loss += (z > 0 ? z + Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z))) - target * z
  }
  return loss
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z))

function logit(score: number): number {
  const s = Math.min(1 - EDGE, Math.max(EDGE, score))
  return Math.log(s / (1 - s))
}
