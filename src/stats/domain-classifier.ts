import { permutation, type Random } from '../core/random.ts'
import { aucVariance, delong } from './delong.ts'
import { fitLogistic } from './logistic.ts'
import { normalCdf } from './special.ts'

const FOLDS = 5
/** Products are taken of this many columns, the first ones: their number grows with the square. */
const MAX_PAIRED = 16
/** Two-sided 95 % of the standard normal. */
const Z = 1.959963984540054

export interface Separation {
  /** Area under the ROC curve on rows that the classifier was not fitted to; 0.5: the samples cannot be told apart. */
  readonly auc: number
  readonly low: number
  readonly high: number
  /** One-sided: P(AUC this high) if both samples came from one distribution. */
  readonly pValue: number
  /** How much each column takes part, descending; 1 together. */
  readonly columns: readonly { readonly column: number; readonly part: number }[]
}

/**
 * Can a classifier tell two samples apart? A ridge logistic regression on the columns, their squares and, of the first
 * 16 columns, the products of any two, so that it sees means, spreads and correlations; AUC of its five-fold cross-validated
 * scores, with DeLong’s interval. (Lopez-Paz & Oquab 2017, “Revisiting classifier two-sample tests”)
 *
 * @param first n × d standardised values, row-major; `second` likewise
 * @returns null where a sample has fewer than ten rows
 */
export function separate(first: Float64Array, second: Float64Array, d: number, random: Random): Separation | null {
  const n = d > 0 ? first.length / d : 0
  const m = d > 0 ? second.length / d : 0
  if (n < 2 * FOLDS || m < 2 * FOLDS) return null
  const terms = termsOf(d)
  const x = expand([first, second], d, terms)
  const labels = Float64Array.from({ length: n + m }, (_, row) => (row < n ? 0 : 1))
  // Stratified: a fold with fewer new rows would be scored by a model that expects more of them.
  const folds = new Uint8Array(n + m)
  permutation(n, random).forEach((row, i) => (folds[row] = i % FOLDS))
  permutation(m, random).forEach((row, i) => (folds[n + row] = i % FOLDS))
  const scores = new Float64Array(n + m)
  const parts = new Float64Array(d)
  for (let fold = 0; fold < FOLDS; fold++) {
    const inside: number[] = []
    const outside: number[] = []
    folds.forEach((of, row) => (of === fold ? outside : inside).push(row))
    const { weights, intercept } = fitFold(x, labels, inside, terms.length)
    for (const row of outside) {
      let score = intercept
      for (let i = 0; i < terms.length; i++) score += (weights[i] as number) * (x[row * terms.length + i] as number)
      scores[row] = score
    }
    weights.forEach((weight, i) => {
      for (const column of terms[i] as readonly number[]) parts[column] = (parts[column] as number) + weight ** 2
    })
  }
  const curve = delong(labels, scores)
  if (curve === null) return null
  const error = Math.max(Math.sqrt(aucVariance(curve)), 1e-9)
  const total = parts.reduce((sum, part) => sum + part, 0) || 1
  return {
    auc: curve.auc,
    low: Math.max(0, curve.auc - Z * error),
    high: Math.min(1, curve.auc + Z * error),
    pValue: normalCdf(-(curve.auc - 0.5) / error),
    columns: Array.from(parts, (part, column) => ({ column, part: part / total })).sort((a, b) => b.part - a.part),
  }
}

/** Each term the columns it multiplies: [i], [i, i], [i, j]. */
function termsOf(d: number): readonly (readonly number[])[] {
  const terms: number[][] = []
  for (let i = 0; i < d; i++) {
    terms.push([i], [i, i])
    if (i < MAX_PAIRED) for (let j = 0; j < i; j++) terms.push([i, j])
  }
  return terms
}

function expand(samples: readonly Float64Array[], d: number, terms: readonly (readonly number[])[]): Float64Array {
  const width = terms.length
  const rows = samples.reduce((sum, sample) => sum + sample.length / d, 0)
  const x = new Float64Array(rows * width)
  let row = 0
  for (const sample of samples) {
    for (let at = 0; at < sample.length; at += d, row++) {
      for (let i = 0; i < width; i++) {
        let value = 1
        for (const column of terms[i] as readonly number[]) value *= sample[at + column] as number
        x[row * width + i] = value
      }
    }
  }
  standardise(x, width)
  return x
}

/** In place; what lies beyond ±5 is cut, or one wild row would decide. */
function standardise(x: Float64Array, width: number): void {
  const rows = x.length / width
  for (let i = 0; i < width; i++) {
    let sum = 0
    let squares = 0
    for (let at = i; at < x.length; at += width) sum += x[at] as number
    const mean = sum / rows
    for (let at = i; at < x.length; at += width) squares += ((x[at] as number) - mean) ** 2
    const sd = Math.sqrt(squares / rows) || 1
    for (let at = i; at < x.length; at += width) {
      x[at] = Math.max(-5, Math.min(5, ((x[at] as number) - mean) / sd))
    }
  }
}

function fitFold(
  x: Float64Array,
  labels: Float64Array,
  rows: readonly number[],
  width: number,
): ReturnType<typeof fitLogistic> {
  const values = new Float64Array(rows.length * width)
  rows.forEach((row, i) => values.set(x.subarray(row * width, row * width + width), i * width))
  return fitLogistic(
    values,
    width,
    rows.map((row) => labels[row] as number),
    // About one standard deviation’s worth of prior for every weight: without drift the weights stay small.
    0.02 * rows.length,
  )
}
