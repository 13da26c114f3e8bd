/** Rounds of Jacobi rotations; convergence is quadratic, ten rounds do for hundreds of columns. */
const MAX_SWEEPS = 30

export interface Eigen {
  /** Descending. */
  readonly values: Float64Array
  /** Row i is the unit vector of value i; its largest entry is positive. */
  readonly vectors: readonly Float64Array[]
}

/**
 * Eigenvalues and vectors of a symmetric d × d matrix (row-major) by cyclic Jacobi rotations: O(d³) a round, exact to
 * rounding, and the same on every machine. The matrix is not changed. (Golub & Van Loan, Matrix Computations, 8.5)
 *
 * @example symmetricEigen(Float64Array.of(2, 1, 1, 2), 2).values // [3, 1]
 */
export function symmetricEigen(matrix: Float64Array, d: number): Eigen {
  const a = matrix.slice()
  const v = new Float64Array(d * d)
  for (let i = 0; i < d; i++) v[i * d + i] = 1
  for (let sweep = 0; sweep < MAX_SWEEPS && offDiagonal(a, d) > 1e-22 * squares(a); sweep++) {
    for (let p = 0; p < d - 1; p++) for (let q = p + 1; q < d; q++) rotate(a, v, d, p, q)
  }
  const order = Array.from({ length: d }, (_, i) => i).sort(
    (i, j) => (a[j * d + j] as number) - (a[i * d + i] as number),
  )
  return {
    values: Float64Array.from(order, (i) => a[i * d + i] as number),
    vectors: order.map((i) => facing(v.slice(i * d, i * d + d))),
  }
}

/** Makes a[p][q] zero; rows of v are the vectors. */
function rotate(a: Float64Array, v: Float64Array, d: number, p: number, q: number): void {
  const apq = a[p * d + q] as number
  if (apq === 0) return
  const theta = ((a[q * d + q] as number) - (a[p * d + p] as number)) / (2 * apq)
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  for (let k = 0; k < d; k++) {
    const kp = a[k * d + p] as number
    const kq = a[k * d + q] as number
    a[k * d + p] = c * kp - s * kq
    a[k * d + q] = s * kp + c * kq
  }
  for (let k = 0; k < d; k++) {
    const pk = a[p * d + k] as number
    const qk = a[q * d + k] as number
    a[p * d + k] = c * pk - s * qk
    a[q * d + k] = s * pk + c * qk
    const vp = v[p * d + k] as number
    const vq = v[q * d + k] as number
    v[p * d + k] = c * vp - s * vq
    v[q * d + k] = s * vp + c * vq
  }
}

function offDiagonal(a: Float64Array, d: number): number {
  let sum = 0
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) if (i !== j) sum += (a[i * d + j] as number) ** 2
  return sum
}

function squares(a: Float64Array): number {
  let sum = 0
  for (const value of a) sum += value * value
  return sum
}

function facing(vector: Float64Array): Float64Array {
  let largest = 0
  for (const entry of vector) if (Math.abs(entry) > Math.abs(largest)) largest = entry
  return largest < 0 ? vector.map((entry) => -entry) : vector
}

/**
 * Principal components of n × d values (row-major) whose columns have mean 0: as many as explain `share` of the variance,
 * at most `limit`. Rows of the result are orthonormal.
 */
export function principalComponents(
  values: Float64Array,
  d: number,
  options: { readonly share: number; readonly limit: number },
): readonly Float64Array[] {
  const n = d > 0 ? values.length / d : 0
  const covariance = new Float64Array(d * d)
  for (let row = 0; row < n; row++) {
    for (let i = 0; i < d; i++) {
      const x = values[row * d + i] as number
      if (x !== 0)
        for (let j = 0; j <= i; j++)
          covariance[i * d + j] = (covariance[i * d + j] as number) + x * (values[row * d + j] as number)
    }
  }
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) covariance[j * d + i] = covariance[i * d + j] as number
  const eigen = symmetricEigen(covariance, d)
  const total = eigen.values.reduce((sum, value) => sum + Math.max(0, value), 0)
  let explained = 0
  let kept = 0
  while (kept < Math.min(options.limit, d) && explained < options.share * total)
    explained += eigen.values[kept++] as number
  return eigen.vectors.slice(0, kept)
}
