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
  const size = d + 1
  const gram = new Float64Array(size * size)
  const sides = targets.map(() => new Float64Array(size))
  for (let row = from; row < to; row++) {
    const at = row * d
    for (let i = 0; i < size; i++) {
      const x = i === d ? 1 : (values[at + i] as number)
      if (x === 0) continue
      const line = i * size
      for (let j = 0; j <= i; j++) {
        gram[line + j] = (gram[line + j] as number) + x * (j === d ? 1 : (values[at + j] as number))
      }
      for (const [k, side] of sides.entries()) side[i] = (side[i] as number) + x * (targets[k]?.[row] as number)
    }
  }
  for (let i = 0; i < d; i++) gram[i * size + i] = (gram[i * size + i] as number) + ridge
  factorise(gram, size)
  for (const side of sides) solve(gram, size, side)
  return sides
}
