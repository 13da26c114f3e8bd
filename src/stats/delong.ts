import { descendingOrder } from './order.ts'
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
 * V₀₁(j) = 1 − (R_all(j) − R_neg(j)) / n₁. `labels` are 1 for positive. Undefined (null) where a class is missing. The
 * differences of ranks are counts of the other class below a score, ties ½: one sort gives them all.
 *
 * @param order Rows by falling score, where it is known.
 *
 * Sun & Xu (2014), “Fast Implementation of DeLong’s Algorithm”, IEEE Signal Processing Letters 21(11).
 *
 * @example delong(Float64Array.of(0, 1, 0, 1), Float64Array.of(1, 2, 3, 4))?.auc // 0.75
 */
export function delong(
  labels: Float64Array,
  scores: Float64Array,
  order: Uint32Array = descendingOrder(scores),
): DeLong | null {
  let n1 = 0
  for (const label of labels) if (label === 1) n1++
  const n0 = labels.length - n1
  if (n1 === 0 || n0 === 0) return null

  // Row by row first; the rows of one class are moved together at the end.
  const shares = new Float64Array(labels.length)
  let positivesBelow = n1
  let negativesBelow = n0
  for (let start = 0; start < order.length;) {
    const score = scores[order[start] as number]
    let end = start
    let tied = 0
    do if (labels[order[end++] as number] === 1) tied++
    while (end < order.length && scores[order[end] as number] === score)
    positivesBelow -= tied
    negativesBelow -= end - start - tied
    const ofPositive = (negativesBelow + (end - start - tied) / 2) / n0
    const ofNegative = 1 - (positivesBelow + tied / 2) / n1
    for (let i = start; i < end; i++) {
      const row = order[i] as number
      shares[row] = labels[row] === 1 ? ofPositive : ofNegative
    }
    start = end
  }
  const positives = new Float64Array(n1)
  const negatives = new Float64Array(n0)
  let p = 0
  let q = 0
  let sum = 0
  for (let row = 0; row < shares.length; row++) {
    const share = shares[row] as number
    if (labels[row] === 1) {
      positives[p++] = share
      sum += share
    } else negatives[q++] = share
  }
  return { auc: sum / n1, positives, negatives }
}

/**
 * Variance of the AUC: S₁₀/n₁ + S₀₁/n₀ with sample variances of the components. NaN where a class has a single row.
 *
 * DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44.
 */
export function aucVariance(one: DeLong): number {
  return varianceOf(one.positives) / one.positives.length + varianceOf(one.negatives) / one.negatives.length
}

/**
 * Variance of AUC_a − AUC_b on the same rows: Var(a) + Var(b) − 2·Cov(a, b), computed from the differences of the
 * components, so that equal models give exactly 0.
 */
export function aucDifferenceVariance(a: DeLong, b: DeLong): number {
  return (
    varianceOfDifference(a.positives, b.positives) / a.positives.length +
    varianceOfDifference(a.negatives, b.negatives) / a.negatives.length
  )
}

/**
 * Degrees of freedom of a variance that is a sum over the two classes (Welch & Satterthwaite):
 * (S₁₀/n₁ + S₀₁/n₀)² / ((S₁₀/n₁)²/(n₁ − 1) + (S₀₁/n₀)²/(n₀ − 1)). With b, of the variance of a difference.
 */
export function aucFreedom(a: DeLong, b?: DeLong): number {
  const parts = (['positives', 'negatives'] as const).map((side) => {
    const n = a[side].length
    return { n, part: (b ? varianceOfDifference(a[side], b[side]) : varianceOf(a[side])) / n }
  })
  const sum = parts.reduce((total, { part }) => total + part, 0)
  const squares = parts.reduce((total, { n, part }) => total + part ** 2 / (n - 1), 0)
  return squares > 0 ? Math.min(MOST_DF, sum ** 2 / squares) : MOST_DF
}

const MOST_DF = 1e6

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

function varianceOf(values: Float64Array): number {
  const n = values.length
  let mean = 0
  for (let i = 0; i < n; i++) mean += (values[i] as number) / n
  let sum = 0
  for (let i = 0; i < n; i++) sum += ((values[i] as number) - mean) ** 2
  return sum / (n - 1)
}

function varianceOfDifference(a: Float64Array, b: Float64Array): number {
  return varianceOf(a.map((value, i) => value - (b[i] as number)))
}
