/** One step of a boosted model, [feature, threshold, left, right]: `left` where the feature is at most the threshold. */
export type Stump = readonly [feature: number, threshold: number, left: number, right: number]

/** A sum of steps: what gradient boosting with trees of depth one gives. */
export interface Stumps {
  readonly base: number
  readonly stumps: readonly Stump[]
}

export interface StumpsOptions {
  readonly rounds?: number | undefined
  readonly rate?: number | undefined
  /** Fewest rows on either side of a step. */
  readonly leaf?: number | undefined
}

/** Borders tried per feature. */
const BINS = 32

/**
 * Gradient boosting for squared error with trees of depth one on quantile bins: an additive model that follows bends and
 * never leaves the range of its targets by much. `matrix` is row-major, `width` numbers a row.
 *
 * Friedman (2001), “Greedy function approximation: a gradient boosting machine”, Annals of Statistics 29.
 *
 * @example fitStumps(Float64Array.of(0, 1), 1, Float64Array.of(2, 4)).base // 3
 */
export function fitStumps(
  matrix: ArrayLike<number>,
  width: number,
  targets: Float64Array,
  { rounds = 120, rate = 0.1, leaf = Math.max(20, Math.ceil(targets.length / 50)) }: StumpsOptions = {},
): Stumps {
  const rows = targets.length
  let base = 0
  for (const target of targets) base += target / rows
  const residual = targets.map((target) => target - base)
  const borders = Array.from({ length: width }, (_, feature) => bordersOf(matrix, width, feature, rows))
  const bins = borders.map((border, feature) => binsOf(matrix, width, feature, rows, border))
  const stumps: Stump[] = []
  for (let round = 0; round < rounds; round++) {
    const best = bestStep(residual, borders, bins, leaf)
    if (best === undefined) break
    const { feature, bin, left, right } = best
    const of = bins[feature] as Uint8Array
    for (let row = 0; row < rows; row++) {
      residual[row] = (residual[row] as number) - rate * ((of[row] as number) <= bin ? left : right)
    }
    const threshold = (borders[feature] as readonly number[])[bin] as number
    stumps.push([feature, threshold, rate * left, rate * right])
  }
  return { base, stumps }
}

/** The model at one row of a row-major matrix. */
export function sumStumps({ base, stumps }: Stumps, matrix: ArrayLike<number>, offset: number): number {
  let sum = base
  for (const [feature, threshold, left, right] of stumps) {
    sum += (matrix[offset + feature] as number) <= threshold ? left : right
  }
  return sum
}

function bordersOf(matrix: ArrayLike<number>, width: number, feature: number, rows: number): readonly number[] {
  const values = Float64Array.from({ length: rows }, (_, row) => matrix[row * width + feature] as number).sort()
  const borders = new Set<number>()
  for (let i = 1; i < BINS; i++) borders.add(values[Math.floor((i * rows) / BINS)] as number)
  // Nothing lies above the largest value.
  borders.delete(values[rows - 1] as number)
  return [...borders]
}

function binsOf(
  matrix: ArrayLike<number>,
  width: number,
  feature: number,
  rows: number,
  borders: readonly number[],
): Uint8Array {
  const bins = new Uint8Array(rows)
  for (let row = 0; row < rows; row++) {
    const value = matrix[row * width + feature] as number
    let bin = 0
    while (bin < borders.length && value > (borders[bin] as number)) bin++
    bins[row] = bin
  }
  return bins
}

/** The step that takes most of the squared residuals away; undefined where none takes anything. */
function bestStep(
  residual: Float64Array,
  borders: readonly (readonly number[])[],
  bins: readonly Uint8Array[],
  leaf: number,
): { feature: number; bin: number; left: number; right: number } | undefined {
  const rows = residual.length
  let total = 0
  for (const value of residual) total += value
  let best: { feature: number; bin: number; left: number; right: number } | undefined
  let gain = (total * total) / rows + 1e-12
  for (const [feature, of] of bins.entries()) {
    const size = (borders[feature] as readonly number[]).length + 1
    const counts = new Float64Array(size)
    const sums = new Float64Array(size)
    for (let row = 0; row < rows; row++) {
      const bin = of[row] as number
      counts[bin] = (counts[bin] as number) + 1
      sums[bin] = (sums[bin] as number) + (residual[row] as number)
    }
    let [n, sum] = [0, 0]
    for (let bin = 0; bin + 1 < size; bin++) {
      n += counts[bin] as number
      sum += sums[bin] as number
      if (n < leaf || rows - n < leaf) continue
      const other = total - sum
      const seen = (sum * sum) / n + (other * other) / (rows - n)
      if (seen > gain) {
        gain = seen
        best = { feature, bin, left: sum / n, right: other / (rows - n) }
      }
    }
  }
  return best
}
