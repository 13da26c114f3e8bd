import { mean, medianSorted, sumNthPowerDeviations } from 'simple-statistics'
import { fitKnots } from './knots.ts'
import type { NumberInput } from './types.ts'

/** |skewness| beyond which the logarithm is tried; an exponential distribution has 2. */
const LONG_TAIL = 3
/** The logarithm is kept where it leaves no more than this part of the skewness. */
const WORTHWHILE = 0.75

/**
 * Imputation, transformation and scale of a numeric column.
 * @param present The finite values of the training rows, in any order.
 * @param missing Number of training rows without one.
 * @param minRows Fewer rows than this teach an indicator or a bin nothing.
 * @param bins Largest number of bins of the piecewise linear encoding.
 * @returns undefined where the training rows say nothing: constant, and never (or hardly ever) missing.
 */
export function fitNumber(
  column: string,
  present: Float64Array,
  missing: number,
  minRows: number,
  bins: number,
): NumberInput | undefined {
  const sorted = present.slice().sort()
  const constant = sorted.length === 0 || sorted[0] === sorted[sorted.length - 1]
  const missingIndicator = missing >= minRows && present.length > 0
  if (constant && !missingIndicator) return undefined

  const impute = median(sorted)
  const plain = moments(sorted)
  const knots = fitKnots(sorted, bins, minRows)
  const base = { kind: 'number', column, impute, ...(knots.length > 0 ? { knots } : {}) } as const
  // Negated: values near 1e300 overflow to NaN, and only the logarithm can take them.
  if (!(Math.abs(plain.skewness) <= LONG_TAIL)) {
    const scale = median(
      sorted
        .map(Math.abs)
        .filter((value) => value > 0)
        .sort(),
    )
    const logged = moments(sorted.map((value) => signedLog(value, scale)))
    if (!(Math.abs(logged.skewness) >= WORTHWHILE * Math.abs(plain.skewness))) {
      return { ...base, transform: 'signed-log', scale, mean: logged.mean, sd: logged.sd || 1, missingIndicator }
    }
  }
  return { ...base, mean: plain.mean, sd: plain.sd || 1, missingIndicator }
}

/** sign(x) · ln(1 + |x| / scale): linear near 0, logarithmic in the tail, and 0 stays 0. */
export function signedLog(value: number, scale: number): number {
  return Math.sign(value) * Math.log1p(Math.abs(value) / scale)
}

/** Of values in ascending order; 0 of none. */
export function median(sorted: Float64Array): number {
  return sorted.length === 0 ? 0 : medianSorted(asNumbers(sorted))
}

/** Mean, population standard deviation and skewness m₃ / m₂^1.5 (0 of a constant). */
function moments(values: Float64Array): { mean: number; sd: number; skewness: number } {
  const n = values.length
  if (n === 0) return { mean: 0, sd: 0, skewness: 0 }
  const numbers = asNumbers(values)
  const sd = Math.sqrt(sumNthPowerDeviations(numbers, 2) / n)
  return { mean: mean(numbers), sd, skewness: sd > 0 ? sumNthPowerDeviations(numbers, 3) / n / sd ** 3 : 0 }
}

/** simple-statistics only reads elements and length; its types know arrays alone. */
function asNumbers(values: Float64Array): number[] {
  return values as unknown as number[]
}
