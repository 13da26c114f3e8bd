import { ascendingOrder } from '../../stats/order.ts'
import { take } from '../sample.ts'
import { defineFamily, NO_ROWS, relative } from './family.ts'

/**
 * The middle of the values in the given order, half of the weight on either side; the mean of both middles where the
 * half falls between.
 */
function weightedMedian(ascending: Float64Array, weights: Float64Array, of: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < of.length; i++) total += weights[of[i] as number] as number
  const half = total / 2
  let below = 0
  for (let i = 0; i < of.length; i++) {
    below += weights[of[i] as number] as number
    if (below > half) return ascending[i] as number
    if (below === half && total > 0) {
      let next = i + 1
      while (next < of.length && weights[of[next] as number] === 0) next++
      const low = ascending[i] as number
      return next < of.length ? (low + (ascending[next] as number)) / 2 : low
    }
  }
  return Number.NaN
}

interface UnitRows {
  /** The unit of each row, in ascending order of the values. */
  readonly units: Uint32Array
  readonly count: number
  readonly weights: Float64Array | undefined
}

/** Standard errors below the middle at which the search for a resample's median begins. */
const HEAD_START = 4

/**
 * The median of resamples, given how often each unit is there. It lies near the middle: what is below a place a little
 * before it is known from the counts, and the rows are walked through from there.
 */
function resampledMedian(
  ascending: Float64Array,
  { units, count, weights }: UnitRows,
): (counts: Float64Array) => number {
  const own = (i: number): number => (weights === undefined ? 1 : (weights[i] as number))
  const totals = new Float64Array(count)
  let sum = 0
  units.forEach((unit, i) => {
    totals[unit] = (totals[unit] as number) + own(i)
    sum += own(i)
  })
  const wanted = sum * (0.5 - (HEAD_START * 0.5) / Math.sqrt(count))
  const before = new Float64Array(count)
  let start = 0
  for (let seen = 0; start < units.length && seen + own(start) <= wanted; start++) {
    seen += own(start)
    const unit = units[start] as number
    before[unit] = (before[unit] as number) + own(start)
  }
  const weightAt = (counts: Float64Array, i: number): number => own(i) * (counts[units[i] as number] as number)
  return (counts) => {
    let total = 0
    let below = 0
    for (let unit = 0; unit < count; unit++) {
      total += (totals[unit] as number) * (counts[unit] as number)
      below += (before[unit] as number) * (counts[unit] as number)
    }
    const half = total / 2
    // The half may be reached exactly: the value before it counts then.
    const ahead = below < half
    let i = ahead ? start : 0
    if (!ahead) below = 0
    for (; i < units.length; i++) {
      below += weightAt(counts, i)
      if (below > half) return ascending[i] as number
      if (below === half && total > 0) {
        let next = i + 1
        while (next < units.length && weightAt(counts, next) === 0) next++
        const low = ascending[i] as number
        return next < units.length ? (low + (ascending[next] as number)) / 2 : low
      }
    }
    return Number.NaN
  }
}

function plainMedian(ascending: Float64Array): number {
  const n = ascending.length
  if (n === 0) return Number.NaN
  const low = ascending[Math.ceil(n / 2) - 1] as number
  return n % 2 === 1 ? low : (low + (ascending[n / 2] as number)) / 2
}

interface Median {
  value: number
}

/** The median of the absolute errors: rows are sorted once. */
export const medianFamily = defineFamily<Median>(
  'regression',
  (sample) => {
    const size = sample.labels.map((label, i) => Math.abs((sample.scores[i] as number) - label))
    const order = ascendingOrder(size)
    const ascending = take(size, order)
    return {
      ofRows: (weights) => ({ value: weights ? weightedMedian(ascending, weights, order) : plainMedian(ascending) }),
      ofUnits({ of, count }) {
        const summary: Median = { value: 0 }
        const units = of === undefined ? order : order.map((row) => of[row] as number)
        const own = sample.weights && take(sample.weights, order)
        const find = resampledMedian(ascending, { units, count, weights: own })
        return (counts) => {
          summary.value = find(counts)
          return summary
        }
      },
    }
  },
  [
    {
      name: 'median-ae',
      direction: 'lower',
      margin: 'relative',
      defaultMargin: relative(0.01),
      description: 'Median of the absolute errors, in the unit of the label.',
      value: (median) => median.value,
      undefinedBecause: NO_ROWS,
    },
  ],
)
