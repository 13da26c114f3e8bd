/** What a ranking of rows gains from further steps is nothing. */
const STEPS = 12

/**
 * Logistic regression with an L2 penalty on n × d standardised values (row-major) without a column of ones; the intercept
 * is not penalised. Maximises Σ log P(yᵢ | xᵢ) − ½·ridge·‖w‖² by Böhning & Lindsay’s bound (1988): every step divides by
 * ¼·XᵀX + ridge instead of the Hessian, so that one factorisation serves them all and no step overshoots.
 *
 * @param labels 0 or 1, n of them
 * @param steps each halves what is left to go, or does better; the first is the least-squares direction
 * @returns d weights and the intercept
 */
export function fitLogistic(
  values: Float64Array,
  d: number,
  labels: ArrayLike<number>,
  ridge: number,
  steps: number = STEPS,
): { readonly weights: Float64Array; readonly intercept: number } {
  const n = labels.length
  const size = d + 1
  const gram = new Float64Array(size * size)
  for (let row = 0; row < n; row++) {
    const at = row * d
    for (let i = 0; i < d; i++) {
      const x = (values[at + i] as number) / 4
      if (x === 0) continue
      const line = i * size
      for (let j = 0; j <= i; j++) gram[line + j] = (gram[line + j] as number) + x * (values[at + j] as number)
      gram[d * size + i] = (gram[d * size + i] as number) + x
    }
  }
  gram[d * size + d] = n / 4
  for (let i = 0; i < d; i++) gram[i * size + i] = (gram[i * size + i] as number) + ridge
  factorise(gram, size)

  const weights = new Float64Array(size)
  const gradient = new Float64Array(size)
  for (let step = 0; step < steps; step++) {
    for (let i = 0; i < d; i++) gradient[i] = -ridge * (weights[i] as number)
    gradient[d] = 0
    for (let row = 0; row < n; row++) {
      const at = row * d
      let score = weights[d] as number
      for (let i = 0; i < d; i++) score += (weights[i] as number) * (values[at + i] as number)
      const residual = (labels[row] as number) - 1 / (1 + Math.exp(-score))
      for (let i = 0; i < d; i++) gradient[i] = (gradient[i] as number) + residual * (values[at + i] as number)
      gradient[d] = (gradient[d] as number) + residual
    }
    solve(gram, size, gradient)
    for (let i = 0; i < size; i++) weights[i] = (weights[i] as number) + (gradient[i] as number)
  }
  return { weights: weights.subarray(0, d), intercept: weights[d] as number }
}

/** Cholesky: the lower triangle of a positive definite d × d matrix (row-major) becomes L with LLᵀ = A. */
export function factorise(a: Float64Array, d: number): void {
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * d + j] as number
      for (let k = 0; k < j; k++) sum -= (a[i * d + k] as number) * (a[j * d + k] as number)
      a[i * d + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (a[j * d + j] as number)
    }
  }
}

/** x becomes A⁻¹x, by the factor. */
export function solve(l: Float64Array, d: number, x: Float64Array): void {
  for (let i = 0; i < d; i++) {
    let sum = x[i] as number
    for (let k = 0; k < i; k++) sum -= (l[i * d + k] as number) * (x[k] as number)
    x[i] = sum / (l[i * d + i] as number)
  }
  for (let i = d - 1; i >= 0; i--) {
    let sum = x[i] as number
    for (let k = i + 1; k < d; k++) sum -= (l[k * d + i] as number) * (x[k] as number)
    x[i] = sum / (l[i * d + i] as number)
  }
}
