/**
 * Benjamini–Hochberg adjusted p-values (“q-values”), in the order given: with the p-values in ascending order,
 * q₍ᵢ₎ = min over j ≥ i of p₍ⱼ₎·m/j, at most 1. Rejecting where q < α keeps the expected share of false rejections
 * below α (independent or positively dependent tests). Same as scipy.stats.false_discovery_control.
 *
 * @example benjaminiHochberg([0.01, 0.04, 0.03]) // [0.03, 0.04, 0.04]
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const m = pValues.length
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[b] as number) - (pValues[a] as number))
  const qValues: number[] = Array.from({ length: m }, () => 1)
  let smallest = 1
  order.forEach((index, position) => {
    smallest = Math.min(smallest, ((pValues[index] as number) * m) / (m - position))
    qValues[index] = smallest
  })
  return qValues
}
