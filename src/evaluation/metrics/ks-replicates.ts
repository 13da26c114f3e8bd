import { createRandom } from '../../core/random.ts'
import { drawUnits } from '../../stats/bootstrap.ts'
import type { Units } from '../../stats/units.ts'
import type { RankSegments } from './rank-segments.ts'

/** Resamples for the bias: its error is then a tenth of that of one of them. */
const BIAS_RESAMPLES = 200
/** Half width of the smoothing window in ranks, at n = 1; it shrinks with the fifth root of the rows. */
const WINDOW = 0.3

/**
 * Values of the Kolmogorov–Smirnov statistic that the data does not reject, one for each resample. The largest of many
 * noisy distances D(t) is too large by some n^(−2/3), and a percentile of resampled maxima adds the same once more. So the
 * error is taken apart: the bias is that of maxima around a smoothed curve, E max|D̃ + (D* − D)| − max|D̃|, and the spread
 * that of the distance at the score where it is largest. Reads the counts that `segments` has added last.
 */
export function ksReplicates(segments: RankSegments, units: Units): () => number {
  const counts = new Float64Array(units.count).fill(1)
  segments.add(counts)
  const measured = distances(segments)
  const smooth = smoothed(measured, segments)
  const largest = size(measured)
  const place = measured.findIndex((distance) => Math.abs(distance) === largest)
  const sign = (measured[place] ?? 0) < 0 ? -1 : 1
  const random = createRandom(units.count)
  let bias = 0
  for (let r = 0; r < BIAS_RESAMPLES; r++) {
    drawUnits(units, random, counts)
    segments.add(counts, { whole: true })
    const moved = distances(segments)
    for (let i = 0; i < moved.length; i++) {
      moved[i] = (moved[i] as number) - (measured[i] as number) + (smooth[i] as number)
    }
    bias += (size(moved) - size(smooth)) / BIAS_RESAMPLES
  }
  const centre = largest - (Number.isFinite(bias) ? bias : 0)
  return () => {
    const moved = sign * (distanceAt(segments, place) - (measured[place] as number))
    return Math.min(1, Math.max(0, centre - moved))
  }
}

function size(values: Float64Array): number {
  let largest = 0
  for (const value of values) largest = Math.max(largest, Math.abs(value))
  return largest
}

/** Share of the positives that score at or above each score, less that of the negatives. */
function distances({ positive, negative }: RankSegments): Float64Array {
  const p = total(positive, positive.length)
  const q = total(negative, negative.length)
  let above = 0
  let aboveNegative = 0
  return positive.map((own, i) => {
    above += own
    aboveNegative += negative[i] as number
    return above / p - aboveNegative / q
  })
}

function distanceAt({ positive, negative }: RankSegments, place: number): number {
  const n = positive.length
  return total(positive, place + 1) / total(positive, n) - total(negative, place + 1) / total(negative, n)
}

function total(values: Float64Array, until: number): number {
  let sum = 0
  for (let i = 0; i < until; i++) sum += values[i] as number
  return sum
}

/** Means of the curve over a window of ranks around each score. */
function smoothed(curve: Float64Array, { positive, negative }: RankSegments): Float64Array {
  const n = curve.length
  const weights = positive.map((own, i) => own + (negative[i] as number))
  const all = total(weights, n)
  const rank = new Float64Array(n)
  // Area below the curve up to each score.
  const area = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const width = (weights[i] as number) / all
    rank[i] = (rank[i - 1] ?? 0) + width
    area[i] = (area[i - 1] ?? 0) + (width * ((curve[i] as number) + (curve[i - 1] ?? 0))) / 2
  }
  const reach = WINDOW * all ** -0.2
  let from = 0
  let to = 0
  return curve.map((own, i) => {
    while ((rank[from] as number) < (rank[i] as number) - reach) from++
    while (to + 1 < n && (rank[to + 1] as number) <= (rank[i] as number) + reach) to++
    const width = (rank[to] as number) - (rank[from] as number)
    return width > 0 ? ((area[to] as number) - (area[from] as number)) / width : own
  })
}
