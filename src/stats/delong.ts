import { midranks } from './midrank.ts'
import { normalTwoSided } from './special.ts'

/**
 * The area under the ROC curve and how each row contributes to it: for a positive row the share of negatives it
 * outscores (ties ½), for a negative row the share of positives that outscore it.
 */
export interface DeLong {
  readonly auc: number
  /** V₁₀ of the positive rows, in row order. */
  readonly positives: Float64Array
  /** V₀₁ of the negative rows, in row order. */
  readonly negatives: Float64Array
}

/**
 * Structural components of the AUC by midranks, O(n log n): V₁₀(i) = (R_all(i) − R_pos(i)) / n₀ and
 * V₀₁(j) = 1 − (R_all(j) − R_neg(j)) / n₁. `labels` are 1 for positive. Undefined (null) where a class is missing.
 *
 * Sun & Xu (2014), “Fast Implementation of DeLong’s Algorithm”, IEEE Signal Processing Letters 21(11).
 *
 * @example delong(Float64Array.of(0, 1, 0, 1), Float64Array.of(1, 2, 3, 4))?.auc // 0.75
 */
export function delong(labels: Float64Array, scores: Float64Array): DeLong | null {
  const positive = scores.filter((_, i) => labels[i] === 1)
  const negative = scores.filter((_, i) => labels[i] !== 1)
  const n1 = positive.length
  const n0 = negative.length
  if (n1 === 0 || n0 === 0) return null

  const all = midranks(scores)
  const withinPositive = midranks(positive)
  const withinNegative = midranks(negative)
  const positives = new Float64Array(n1)
  const negatives = new Float64Array(n0)
  let p = 0
  let q = 0
  let sum = 0
  for (let i = 0; i < scores.length; i++) {
    if (labels[i] === 1) {
      const share = ((all[i] as number) - (withinPositive[p] as number)) / n0
      positives[p++] = share
      sum += share
    } else {
      negatives[q] = 1 - ((all[i] as number) - (withinNegative[q] as number)) / n1
      q++
    }
  }
  return { auc: sum / n1, positives, negatives }
}

/**
 * Variance of the AUC: S₁₀/n₁ + S₀₁/n₀ with sample variances of the components. NaN where a class has a single row.
 *
 * DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44.
 */
export function aucVariance(one: DeLong): number {
  return (
    covariance(one.positives, one.positives) / one.positives.length +
    covariance(one.negatives, one.negatives) / one.negatives.length
  )
}

/**
 * Variance of AUC_a − AUC_b on the same rows: Var(a) + Var(b) − 2·Cov(a, b), computed from the differences of the
 * components, so that equal models give exactly 0.
 */
export function aucDifferenceVariance(a: DeLong, b: DeLong): number {
  const positives = a.positives.map((value, i) => value - (b.positives[i] as number))
  const negatives = a.negatives.map((value, i) => value - (b.negatives[i] as number))
  return covariance(positives, positives) / positives.length + covariance(negatives, negatives) / negatives.length
}

export interface DeLongTest {
  readonly difference: number
  readonly variance: number
  /** difference / √variance; 0 where both are 0. */
  readonly z: number
  /** Two-sided; 1 for equal models. */
  readonly pValue: number
}

/** Whether two models of the same rows have the same AUC. As R's `pROC::roc.test(method = "delong", paired = TRUE)`. */
export function delongTest(a: DeLong, b: DeLong): DeLongTest {
  const difference = a.auc - b.auc
  const variance = aucDifferenceVariance(a, b)
  const z = difference === 0 ? 0 : difference / Math.sqrt(variance)
  return { difference, variance, z, pValue: z === 0 ? 1 : normalTwoSided(z) }
}

function covariance(a: Float64Array, b: Float64Array): number {
  const n = a.length
  let meanA = 0
  let meanB = 0
  for (let i = 0; i < n; i++) {
    meanA += (a[i] as number) / n
    meanB += (b[i] as number) / n
  }
  let sum = 0
  for (let i = 0; i < n; i++) sum += ((a[i] as number) - meanA) * ((b[i] as number) - meanB)
  return sum / (n - 1)
}
