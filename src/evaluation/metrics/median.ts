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
      ofUnits({ of }) {
        const summary: Median = { value: 0 }
        const units = of === undefined ? order : order.map((row) => of[row] as number)
        const own = sample.weights && take(sample.weights, order)
        const places = own && Uint32Array.from({ length: order.length }, (_, i) => i)
        const weighted = own?.slice()
        return (counts) => {
          if (own && places && weighted) {
            for (let i = 0; i < own.length; i++)
              weighted[i] = (own[i] as number) * (counts[units[i] as number] as number)
            summary.value = weightedMedian(ascending, weighted, places)
          } else {
            summary.value = weightedMedian(ascending, counts, units)
          }
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
