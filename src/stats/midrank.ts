import { ascendingOrder } from './order.ts'

/**
 * Ranks 1 … n of the values, equal values sharing the mean of their ranks.
 *
 * @example midranks(Float64Array.of(10, 20, 10)) // [1.5, 3, 1.5]
 */
export function midranks(values: Float64Array): Float64Array {
  const n = values.length
  const order = ascendingOrder(values)
  const ranks = new Float64Array(n)
  for (let start = 0; start < n;) {
    const value = values[order[start] as number] as number
    let end = start + 1
    while (end < n && values[order[end] as number] === value) end++
    // Ranks start + 1 … end have this mean.
    const rank = (start + 1 + end) / 2
    for (let i = start; i < end; i++) ranks[order[i] as number] = rank
    start = end
  }
  return ranks
}
