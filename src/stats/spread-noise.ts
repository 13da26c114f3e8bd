import { createRandom } from '../core/random.ts'
import { normalQuantile, studentQuantile } from './special.ts'
import type { RateKind, SpreadProblem } from './spread-family.ts'

/** The resampled deviations of a rate in standard errors, and the standard error where √v(rate) is 1. */
export interface Noise {
  readonly z: Float64Array
  readonly unit: number
}

/** A share of so few rows on either side has a bootstrap that knows nothing of its error. */
const FEW = 3

/** undefined where a rate is undefined on more than a tenth of the resamples. */
export function noisesOf(problems: readonly SpreadProblem[], seed: number): readonly (readonly Noise[])[] | undefined {
  const random = createRandom(seed ^ 0x3c6ef372)
  let known = true
  const noises = problems.map(({ rates, joint }) =>
    rates.flatMap(({ kind, values, rows, resampled }) =>
      Array.from(values, (value, g): Noise => {
        const replicates = resampled[g] as Float64Array
        const n = rows[g] as number
        if (Number.isNaN(value)) return { z: new Float64Array(replicates.length), unit: 0 }
        const { mean, sd, defined } = momentsOf(replicates)
        if (defined < 0.9 * replicates.length) known = false
        const scale = rootVariance(kind, value)
        const degenerate = kind === 'proportion' && Math.min(value, 1 - value) * n < FEW
        if (degenerate || !(sd > 0)) {
          const unit = kind === 'proportion' ? 1 / Math.sqrt(n) : 0
          return { z: Float64Array.from(replicates, () => random.normal()), unit }
        }
        return {
          z: replicates.map((one) => (Number.isNaN(one) ? 0 : (one - mean) / sd)),
          unit: (scale > 0 ? sd / scale : sd) * (kind === 'proportion' && joint !== true ? 1 : smallSample(n)),
        }
      }),
    ),
  )
  return known ? noises : undefined
}

/** The plug-in error of a mean divides by n, and is itself an estimate. */
const smallSample = (n: number): number =>
  n < 2 ? 1 : (Math.sqrt(n / (n - 1)) * studentQuantile(0.975, n - 1)) / normalQuantile(0.975)

/** √ of what the variance of a rate is proportional to. */
export function rootVariance(kind: RateKind, rate: number): number {
  if (kind === 'location') return 1
  if (kind === 'scale') return Math.abs(rate)
  return Math.sqrt(Math.max(0, rate * (1 - rate)))
}

function momentsOf(values: Float64Array): { mean: number; sd: number; defined: number } {
  let mean = 0
  let squares = 0
  let defined = 0
  for (const value of values) {
    if (Number.isNaN(value)) continue
    defined++
    const step = value - mean
    mean += step / defined
    squares += step * (value - mean)
  }
  return { mean, sd: Math.sqrt(squares / defined), defined }
}
