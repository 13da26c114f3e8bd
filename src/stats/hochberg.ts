/**
 * Hochberg adjusted p-values, in the order given: with the p-values in ascending order, p̃₍ᵢ₎ = min over j ≥ i of
 * p₍ⱼ₎·(m − j + 1), at most 1. Rejecting where p̃ ≤ α keeps the chance of *any* false rejection at α (independent or
 * positively dependent tests). As Holm's method, but where every p-value is at most α by itself, all are rejected.
 * Same as R's `p.adjust(method = "hochberg")` and statsmodels' `simes-hochberg`.
 *
 * Hochberg (1988), “A sharper Bonferroni procedure for multiple tests of significance”, Biometrika 75; for positive
 * dependence Sarkar (1998), Annals of Statistics 26.
 *
 * @example hochberg([0.01, 0.04, 0.03]) // [0.03, 0.04, 0.04]
 */
export function hochberg(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[b] as number) - (pValues[a] as number))
  const adjusted: number[] = Array.from({ length: pValues.length }, () => 1)
  let smallest = 1
  order.forEach((index, larger) => {
    smallest = Math.min(smallest, (pValues[index] as number) * (larger + 1))
    adjusted[index] = smallest
  })
  return adjusted
}
