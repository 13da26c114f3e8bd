import { absolute, defineFamily, ratio, relative } from './family.ts'

interface Regression {
  weight: number
  error: number
  absolute: number
  squared: number
  /** Σ weight·(y − mean)², the mean being the weighted one of these rows. */
  variation: number
  percentage: number
  /** Weight of the rows whose true value is 0. */
  zeros: number
  median: number
}

const NO_ROWS = (): string => 'there are no rows'
const inUnits = { margin: 'relative', direction: 'lower', defaultMargin: relative(0.01) } as const

/** Metrics of predicted numbers; `error` is predicted − true. */
export const regressionFamily = defineFamily<Regression>(
  'regression',
  (sample) => {
    const { rows, labels, scores } = sample
    const error = new Float64Array(rows)
    const centred = new Float64Array(rows)
    const share = new Float64Array(rows)
    const zero = new Float64Array(rows)
    // Sums of squares are taken around the plain mean, so that large labels do not cancel.
    let mean = 0
    for (const label of labels) mean += label / rows
    for (let i = 0; i < rows; i++) {
      const label = labels[i] as number
      error[i] = (scores[i] as number) - label
      centred[i] = label - mean
      zero[i] = label === 0 ? 1 : 0
      share[i] = label === 0 ? 0 : Math.abs((error[i] as number) / label)
    }
    const size = error.map(Math.abs)
    const bySize = Uint32Array.from({ length: rows }, (_, i) => i).sort(
      (a, b) => (size[a] as number) - (size[b] as number),
    )
    const summary: Regression = {
      weight: 0,
      error: 0,
      absolute: 0,
      squared: 0,
      variation: 0,
      percentage: 0,
      zeros: 0,
      median: 0,
    }
    return (weights) => {
      let weight = 0
      let errorSum = 0
      let absoluteSum = 0
      let squared = 0
      let sum = 0
      let sumSquared = 0
      let percentage = 0
      let zeros = 0
      for (let i = 0; i < rows; i++) {
        const w = weights[i] as number
        const e = error[i] as number
        const y = w * (centred[i] as number)
        weight += w
        errorSum += w * e
        absoluteSum += w * Math.abs(e)
        squared += w * e * e
        sum += y
        sumSquared += y * (centred[i] as number)
        percentage += w * (share[i] as number)
        zeros += w * (zero[i] as number)
      }
      summary.weight = weight
      summary.error = errorSum
      summary.absolute = absoluteSum
      summary.squared = squared
      summary.variation = sumSquared - (sum * sum) / weight
      summary.percentage = percentage
      summary.zeros = zeros
      summary.median = weightedMedian(size, bySize, weights, weight)
      return summary
    }
  },
  [
    {
      ...inUnits,
      name: 'rmse',
      description: 'Root of the mean squared error, in the unit of the label.',
      value: (r) => Math.sqrt(ratio(r.squared, r.weight)),
      undefinedBecause: NO_ROWS,
    },
    {
      ...inUnits,
      name: 'mae',
      description: 'Mean absolute error, in the unit of the label.',
      value: (r) => ratio(r.absolute, r.weight),
      undefinedBecause: NO_ROWS,
    },
    {
      name: 'r2',
      direction: 'higher',
      margin: 'absolute',
      defaultMargin: absolute(0.01),
      suspicious: 0.999,
      description: 'Share of the label’s variance that is explained: 1 − Σ(y − ŷ)² / Σ(y − ȳ)².',
      // Rounding leaves some 1e-16 of the squares where every label is the same.
      value: (r) => (r.variation > 1e-12 * r.weight ? 1 - r.squared / r.variation : Number.NaN),
      undefinedBecause: (r) => (r.weight > 0 ? 'every row has the same true value' : NO_ROWS()),
    },
    {
      ...inUnits,
      name: 'median-ae',
      description: 'Median of the absolute errors, in the unit of the label.',
      value: (r) => r.median,
      undefinedBecause: NO_ROWS,
    },
    {
      name: 'mape',
      direction: 'lower',
      margin: 'relative',
      defaultMargin: relative(0.01),
      description: 'Mean of |error / true value|, as a share; undefined where a true value is 0.',
      value: (r) => (r.zeros > 0 ? Number.NaN : ratio(r.percentage, r.weight)),
      undefinedBecause: (r) => (r.weight > 0 ? 'some true values are 0' : NO_ROWS()),
    },
    {
      name: 'bias',
      direction: 'lower',
      margin: 'absolute',
      defaultMargin: absolute(0),
      signed: true,
      description: 'Mean of predicted − true, in the unit of the label; better the closer to 0.',
      value: (r) => r.error / r.weight,
      undefinedBecause: NO_ROWS,
    },
  ],
)

/** The middle of the values, half of the weight on either side; the mean of both middles where the half falls between. */
function weightedMedian(values: Float64Array, order: Uint32Array, weights: Float64Array, total: number): number {
  const half = total / 2
  let below = 0
  for (let i = 0; i < order.length; i++) {
    below += weights[order[i] as number] as number
    if (below > half) return values[order[i] as number] as number
    if (below === half && total > 0) {
      let next = i + 1
      while (next < order.length && weights[order[next] as number] === 0) next++
      const low = values[order[i] as number] as number
      return next < order.length ? (low + (values[order[next] as number] as number)) / 2 : low
    }
  }
  return Number.NaN
}
