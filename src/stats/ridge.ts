import { factorise, solve } from './logistic.ts'

/** Weights of d columns and, last, the intercept. */
export type RidgeWeights = Float64Array

/**
 * Least squares with an L2 penalty on rows `from` to `to` of standardised values (row-major, d a row): minimises
 * Σ(y − w·x − b)² + ridge·‖w‖², for several targets at once, since they share the one factorisation.
 *
 * @param targets one array for each target, indexed like the rows
 * @example fitRidge(Float64Array.of(-1, 1), 1, [Float64Array.of(0, 2)], { from: 0, to: 2, ridge: 0 })[0] // weight 1, intercept 1
 */
export function fitRidge(
  values: Float64Array,
  d: number,
  targets: readonly Float64Array[],
  { from, to, ridge }: { readonly from: number; readonly to: number; readonly ridge: number },
): readonly RidgeWeights[] {
  const sums = ridgeSums(d, targets.length)
  addRows(sums, values, targets, { from, to })
  return solveRidge(sums, undefined, ridge)
}

/** What least squares needs to know of rows: their sums are the sums of the parts, so that a window costs one subtraction. */
export interface RidgeSums {
  /** Of columns and intercept: the lower triangle of XᵀWX, row-major. */
  readonly gram: Float64Array
  /** XᵀWy of each target. */
  readonly sides: readonly Float64Array[]
}

export function ridgeSums(d: number, targets: number): RidgeSums {
  const size = d + 1
  return {
    gram: new Float64Array(size * size),
    sides: Array.from({ length: targets }, () => new Float64Array(size)),
  }
}

/** Adds rows `from` to `to`; `weights` count a row as several. */
export function addRows(
  { gram, sides }: RidgeSums,
  values: Float64Array,
  targets: readonly Float64Array[],
  {
    from,
    to,
    weights,
  }: { readonly from: number; readonly to: number; readonly weights?: ArrayLike<number> | undefined },
): void {
  const size = Math.sqrt(gram.length)
  const d = size - 1
  for (let row = from; row < to; row++) {
    const at = row * d
    const weight = weights?.[row] ?? 1
    for (let i = 0; i < size; i++) {
      const x = weight * (i === d ? 1 : (values[at + i] as number))
      if (x === 0) continue
      const line = i * size
      for (let j = 0; j <= i; j++) {
        gram[line + j] = (gram[line + j] as number) + x * (j === d ? 1 : (values[at + j] as number))
      }
      for (const [k, side] of sides.entries()) side[i] = (side[i] as number) + x * (targets[k]?.[row] as number)
    }
  }
}

/** The weights for each target, by the sums of rows less those of their first part; the sums stay as they are. */
export function solveRidge(all: RidgeSums, first: RidgeSums | undefined, ridge: number): readonly RidgeWeights[] {
  const gram = all.gram.map((value, i) => value - (first?.gram[i] ?? 0))
  const sides = all.sides.map((side, k) => side.map((value, i) => value - (first?.sides[k]?.[i] ?? 0)))
  const size = Math.sqrt(gram.length)
  for (let i = 0; i < size - 1; i++) gram[i * size + i] = (gram[i * size + i] as number) + ridge
  factorise(gram, size)
  for (const side of sides) solve(gram, size, side)
  return sides
}
